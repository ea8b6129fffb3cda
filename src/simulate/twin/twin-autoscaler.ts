import {
  compileHpa,
  type DecideInput,
  Decider,
  type Decision,
  decisionText,
  type DecisionStep,
  type HpaMemory,
  type HpaV2,
  type MetricSample,
  type MetricSpec,
  newDecision,
  newMemory,
  recordOf,
} from '../../hpa/index.ts';
import type { Autoscaler, ClusterView, PodSnapshot, SyncOutcome } from '../autoscaler.ts';
import type { MetricAnswer } from '../metric-pipeline.ts';
import { EPOCH_MS, type SimulatedController } from './platform.ts';
import { isPerPod, milliOf, podValues, podViews } from './pod-views.ts';

export interface TwinOptions {
  /** Defaulted and valid. */
  readonly hpa: HpaV2;
  readonly controller: SimulatedController;
  /** Keep the decision record of syncs that change the replica count. Without, simulating is quicker. */
  readonly records: boolean;
  readonly initialReplicas: number;
  readonly requestCpuMilli: number;
  /** A trace gives the metric itself: for Utilization targets in percent of the request. Else CPU is what the pods use. */
  readonly fromTrace: boolean;
}

/** The twin in the loop: what the controller remembers lives from one sync to the next. */
export class TwinAutoscaler implements Autoscaler {
  readonly min: number;
  readonly max: number;
  readonly readsCpu: boolean;
  readonly #options: TwinOptions;
  readonly #specs: readonly MetricSpec[];
  readonly #perPod: boolean;
  readonly #container: string;
  readonly #decider: Decider;
  readonly #memory: HpaMemory = newMemory();
  readonly #decision: Decision = newDecision();
  readonly #samples: readonly MetricSample[];
  readonly #input: DecideInput;
  readonly #steps: DecisionStep[] | null;

  constructor(options: TwinOptions) {
    const { hpa, controller, initialReplicas, fromTrace, records } = options;
    this.#options = options;
    this.min = hpa.spec.minReplicas ?? 1;
    this.max = hpa.spec.maxReplicas;
    this.#specs = hpa.spec.metrics ?? [];
    this.#perPod = this.#specs.some(isPerPod);
    this.#container = this.#specs.find((spec) => spec.containerResource)?.containerResource?.container ?? 'main';
    this.readsCpu = !fromTrace && this.#specs.some((spec) => (spec.resource ?? spec.containerResource) !== undefined);
    this.#decider = new Decider(compileHpa(hpa.spec, controller.platform, controller.flags));
    this.#samples = this.#specs.map(() => ({ failed: false, total: 0, values: null }));
    this.#steps = records ? [] : null;
    this.#input = {
      nowMs: 0,
      specReplicas: 0,
      statusReplicas: 0,
      readyPods: 0,
      pods: [],
      samples: this.#samples,
      // A workload at zero was scaled there by the HPA itself, else nothing would ever scale it up (1.36 on).
      scaledToZero: initialReplicas === 0 && this.min === 0,
    };
  }

  sync(view: ClusterView): SyncOutcome {
    const decision = this.#decision;
    const steps = this.#steps;
    this.#read(view);
    if (steps !== null) steps.length = 0;
    this.#decider.decide(this.#memory, this.#input, decision, steps);
    this.#input.scaledToZero = decision.scaledToZero;
    const { desired } = decision;
    if (steps === null || !decision.rescaled) return { desired, reason: failureOf(view, decision), record: null };
    const record = recordOf([...steps], view.replicas, desired);
    return { desired, reason: decisionText(record), record };
  }

  #read(view: ClusterView): void {
    const input = this.#input;
    const pods = this.#perPod ? view.pods() : [];
    input.nowMs = EPOCH_MS + Math.round(view.time * 1000);
    input.specReplicas = view.replicas;
    input.statusReplicas = view.statusReplicas;
    input.readyPods = view.statusReplicas === 0 ? -1 : view.readyPods;
    if (this.#perPod) input.pods = podViews(pods, this.#options.requestCpuMilli, this.#container);
    for (let at = 0; at < this.#specs.length; at += 1) {
      this.#sample(this.#specs[at] as MetricSpec, this.#samples[at] as MetricSample, view, pods);
    }
  }

  #sample(spec: MetricSpec, sample: MetricSample, view: ClusterView, pods: readonly PodSnapshot[]): void {
    const answer =
      spec.resource === undefined && spec.containerResource === undefined ? view.metric : this.#cpu(spec, view);
    sample.failed = 'error' in answer;
    if ('error' in answer) return;
    const milli = milliOf(answer.value);
    if (isPerPod(spec)) sample.values = podValues(pods, milli, view.time);
    else sample.total = milli;
  }

  /** Cores that every pod uses. */
  #cpu(spec: MetricSpec, { metric, cpu }: ClusterView): MetricAnswer {
    const { fromTrace, requestCpuMilli } = this.#options;
    if (!fromTrace) return cpu;
    if ('error' in metric) return metric;
    const target = spec.resource?.target ?? spec.containerResource?.target;
    return {
      value: target?.averageUtilization === undefined ? metric.value : (metric.value * requestCpuMilli) / 100_000,
    };
  }
}

function failureOf({ metric }: ClusterView, { failedMetrics }: Decision): string {
  if (failedMetrics === 0) return '';
  return 'error' in metric ? metric.error : 'the metric gives nothing to compute with';
}
