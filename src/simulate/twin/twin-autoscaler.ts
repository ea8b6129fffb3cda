import type { HpaStatus, HpaV2, MetricSpec } from '../../hpa/api/types.ts';
import { type HpaMemory, newMemory } from '../../hpa/memory.ts';
import { reconcile } from '../../hpa/reconcile.ts';
import type { ReconcileInput, ReconcileOutput, WriteAnswers } from '../../hpa/reconcile/types.ts';
import { formatTime } from '../../hpa/time.ts';
import type { Autoscaler, ClusterView, SyncOutcome } from '../autoscaler.ts';
import type { MetricAnswer } from '../metric-pipeline.ts';
import { apiAnswer, containerOf, NAMESPACE, podObjects, readsPods, SELECTOR } from './answers.ts';
import { decisionText } from './decision-text.ts';
import { EPOCH_MS, type SimulatedController } from './platform.ts';

/** Which syncs keep their decision record: none (fastest), those that change the replica count, or all. */
export type Records = 'none' | 'changes' | 'all';

export interface TwinOptions {
  /** Defaulted and valid. */
  readonly hpa: HpaV2;
  readonly controller: SimulatedController;
  readonly records: Records;
  readonly initialReplicas: number;
  readonly requestCpuMilli: number;
  /** A trace gives the metric itself: for Utilization targets in percent of the request. Else CPU is what the pods use. */
  readonly fromTrace: boolean;
}

const ALL_WRITES_SUCCEED: WriteAnswers = { scaleUpdateErrors: [], statusUpdateError: null };

/** The twin in the loop: status and memory live from one sync to the next, as the controller keeps them. */
export class TwinAutoscaler implements Autoscaler {
  readonly min: number;
  readonly max: number;
  readonly readsCpu: boolean;
  readonly #options: TwinOptions;
  readonly #specs: readonly MetricSpec[];
  readonly #readsPods: boolean;
  readonly #container: string;
  #status: HpaStatus;
  #memory: HpaMemory = newMemory();

  constructor(options: TwinOptions) {
    const { spec } = options.hpa;
    this.#options = options;
    this.min = spec.minReplicas ?? 1;
    this.max = spec.maxReplicas;
    this.#specs = spec.metrics ?? [];
    this.#readsPods = this.#specs.some(readsPods);
    this.#container = containerOf(this.#specs);
    this.readsCpu =
      !options.fromTrace &&
      this.#specs.some(({ resource, containerResource }) => (resource ?? containerResource) !== undefined);
    this.#status = initialStatus(options.initialReplicas, this.min);
  }

  sync(view: ClusterView): SyncOutcome {
    const { records } = this.#options;
    const input = this.#input(view, records === 'all');
    const output = reconcile(input, ALL_WRITES_SUCCEED);
    // The same input again, for the record of what turned out to be a change.
    const recorded =
      records === 'changes' && output.rescaled ? reconcile({ ...input, record: true }, ALL_WRITES_SUCCEED) : output;
    this.#status = output.status;
    this.#memory = output.memory;
    const desired = output.scaleUpdates.at(-1) ?? view.replicas;
    return { desired, reason: reasonOf(recorded, this.#specs), record: recorded.record };
  }

  #input(view: ClusterView, record: boolean): ReconcileInput {
    const { hpa, controller, requestCpuMilli } = this.#options;
    const pods = this.#readsPods ? view.pods() : [];
    const metadata = { ...hpa.metadata, namespace: NAMESPACE };
    return {
      platform: controller.platform,
      flags: controller.flags,
      nowMs: EPOCH_MS + Math.round(view.time * 1000),
      hpa: { metadata, spec: hpa.spec, status: this.#status },
      memory: this.#memory,
      otherHpas: [],
      scale: { specReplicas: view.replicas, statusReplicas: view.statusReplicas, selector: SELECTOR },
      pods: this.#readsPods ? podObjects(pods, requestCpuMilli, this.#container) : [],
      metrics: this.#specs.map((spec) => apiAnswer(spec, view, pods, this.#cpu(spec, view))),
      record,
    };
  }

  /** Thousandths of a core that every pod uses. */
  #cpu(spec: MetricSpec, { metric, cpuMilli }: ClusterView): MetricAnswer {
    const { fromTrace, requestCpuMilli } = this.#options;
    if (!fromTrace) return cpuMilli;
    if ('error' in metric) return metric;
    const target = spec.resource?.target ?? spec.containerResource?.target;
    const perUnit = target?.averageUtilization === undefined ? 1000 : requestCpuMilli / 100;
    return { value: metric.value * perUnit };
  }
}

/** A workload at zero was scaled there by the HPA itself, else nothing would ever scale it up (1.36 on). */
function initialStatus(replicas: number, min: number): HpaStatus {
  const status = { currentReplicas: replicas, desiredReplicas: replicas };
  if (replicas > 0 || min > 0) return status;
  const message = 'the HPA controller scaled the workload to zero';
  const lastTransitionTime = formatTime(EPOCH_MS);
  return {
    ...status,
    conditions: [{ type: 'ScaledToZero', status: 'True', reason: 'ScaledToZero', message, lastTransitionTime }],
  };
}

function reasonOf(output: ReconcileOutput, specs: readonly MetricSpec[]): string {
  if (output.panic !== null) return `the controller crashes: ${output.panic}`;
  if (output.record !== null) return decisionText(output.record, specs);
  return output.error ?? '';
}
