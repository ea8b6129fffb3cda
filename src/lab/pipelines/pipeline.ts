import type { LabSpec } from '../../contracts/lab-spec.ts';
import type { LabPorts } from '../ports.ts';
import type { Step } from '../run-steps.ts';
import type { UpState } from '../up/state.ts';

/** How `up` makes what feeds the HPA of a lab, from the metric's source to the HPA itself. */
export interface Pipeline {
  /** Raises what already shows that it cannot work, before anything is made. */
  check(ports: LabPorts, spec: LabSpec): void;
  /** Everything after the cluster, in order; each may be run again after any interruption. */
  steps(state: UpState): readonly Step[];
}
