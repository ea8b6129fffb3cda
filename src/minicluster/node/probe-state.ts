import type { ProbeSpec } from './pod.ts';

/** Where a probe stands (pkg/kubelet/prober/worker.go doProbe): the verdict changes only after a run of equal answers. */
export interface ProbeState {
  readonly verdict: boolean;
  readonly last: boolean | undefined;
  readonly run: number;
}

/** Readiness and start-up begin as failed, liveness as passed. */
export function initialProbe(verdict: boolean): ProbeState {
  return { verdict, last: undefined, run: 0 };
}

/** The state after one more answer. */
export function observeProbe(
  spec: Pick<ProbeSpec, 'successThreshold' | 'failureThreshold'>,
  state: ProbeState,
  success: boolean,
): ProbeState {
  const run = state.last === success ? state.run + 1 : 1;
  const enough = run >= (success ? spec.successThreshold : spec.failureThreshold);
  return { verdict: enough ? success : state.verdict, last: success, run };
}
