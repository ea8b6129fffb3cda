import { LabError } from '../errors/lab-error.ts';
import type { DecisionRecord } from '../hpa/record.ts';
import type { Autoscaler } from './autoscaler.ts';
import { Arrivals } from './load/arrivals.ts';
import { expectedArrivals, type LoadShape } from './load/shape.ts';
import { type Trace, traceValueAt } from './load/trace.ts';
import { MetricPipeline, type PipelineModel } from './metric-pipeline.ts';
import type { PodModel } from './queue/pod-model.ts';
import { Workload } from './queue/workload.ts';
import { seededRandom } from './random.ts';
import { Extent, ledgerSummary, ScaleTally, type SimulationSummary, waitSummary } from './summary.ts';

/** What drives the metric: items in a queue, or a trace of the metric itself. */
export type Drive =
  | {
      readonly kind: 'load';
      readonly load: LoadShape /** What of the queue is measured. */;
      readonly measure: QueueMeasure;
    }
  | { readonly kind: 'trace'; readonly trace: Trace };
/** Waiting items only, or those being worked on too (as the lab's queue metric). */
export type QueueMeasure = 'waiting' | 'unfinished';

export interface SimulationOptions {
  readonly drive: Drive;
  readonly pods: PodModel;
  readonly pipeline: PipelineModel;
  readonly seconds: number;
  readonly syncSeconds: number;
  readonly initialReplicas: number;
  readonly seed: number;
  readonly autoscaler: Autoscaler;
  /** Called for each sync in order; what it keeps is its own business, so that a year needs no more memory than a day. */
  readonly onSync?: (entry: TimelineEntry) => void;
  readonly signal?: AbortSignal;
}

/** One sync. Times in seconds from the start. */
export interface TimelineEntry {
  readonly time: number;
  /** What the HPA was told; null when the metric could not be read. */
  readonly metric: number | null;
  /** Replicas before and after the decision. */
  readonly current: number;
  readonly desired: number;
  readonly ready: number;
  /** Waiting items, and how long the oldest has waited, in seconds; null without a queue. */
  readonly waiting: number | null;
  readonly oldestWait: number | null;
  readonly reason: string;
  readonly record: DecisionRecord | null;
}

const MOST_ITEMS = 500_000_000;
const MOST_SYNCS = 50_000_000;
/** How many syncs pass between two looks at the signal. */
const SYNCS_PER_LOOK = 1024;

/**
 * Runs an autoscaler over a load in virtual time. The same options give the same result. Raises ML-SIM-SIZE when it would take
 * hours, and the signal's reason when aborted.
 */
export function simulate(options: SimulationOptions): SimulationSummary {
  refuseHuge(options);
  const run = new Run(options);
  return run.toEnd();
}

class Run {
  readonly #options: SimulationOptions;
  readonly #workload: Workload;
  readonly #pipeline: MetricPipeline;
  /** CPU of the average pod; only where the autoscaler reads it. */
  readonly #cpu: MetricPipeline | undefined;
  #worked = 0;
  #podSeconds = 0;
  readonly #arrivals: Arrivals | undefined;
  readonly #tally = new ScaleTally();
  readonly #desired = new Extent();
  readonly #ready = new Extent();
  #nextArrival = Number.POSITIVE_INFINITY;
  #loadBegun = Number.POSITIVE_INFINITY;
  #replicas: number;
  #atMax = 0;
  #metricErrors = 0;
  #firstValue: number | undefined;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#workload = new Workload(options.pods, options.seed);
    this.#pipeline = new MetricPipeline(options.pipeline);
    this.#cpu = options.autoscaler.readsCpu ? new MetricPipeline(options.pipeline) : undefined;
    this.#replicas = options.initialReplicas;
    if (options.drive.kind === 'load') {
      this.#arrivals = new Arrivals(options.drive.load, seededRandom(options.seed, 'arrivals'));
      this.#nextArrival = this.#arrivals.next();
      this.#loadBegun = this.#nextArrival;
    }
    this.#workload.scaleTo(this.#replicas, 0);
  }

  toEnd(): SimulationSummary {
    const { seconds, syncSeconds, pipeline } = this.#options;
    let polls = 0;
    let syncs = 0;
    for (;;) {
      const poll = polls * pipeline.pollSeconds;
      const sync = syncs * syncSeconds;
      const time = Math.min(poll, sync);
      if (time > seconds) break;
      this.#runUntil(time);
      if (poll <= sync) {
        const value = this.#measure(time);
        if (value !== undefined) this.#pipeline.poll(time, value);
        this.#cpu?.poll(time, this.#cpuMilli(time));
        polls += 1;
      } else {
        if (syncs % SYNCS_PER_LOOK === 0) this.#options.signal?.throwIfAborted();
        this.#sync(time);
        syncs += 1;
      }
    }
    this.#runUntil(seconds);
    return this.#summary(syncs);
  }

  /** Lets everything happen that pods and producers do up to a time, that time included. */
  #runUntil(time: number): void {
    const workload = this.#workload;
    const arrivals = this.#arrivals;
    for (;;) {
      const event = workload.nextEvent;
      if (this.#nextArrival < event) {
        if (this.#nextArrival > time) return;
        workload.publish(this.#nextArrival);
        this.#nextArrival = arrivals?.next() ?? Number.POSITIVE_INFINITY;
      } else {
        if (event > time) return;
        workload.step();
      }
    }
  }

  /** What a poll reads; undefined before the first row of a trace. */
  #measure(time: number): number | undefined {
    const { drive } = this.#options;
    if (drive.kind === 'load')
      return this.#workload.waiting + (drive.measure === 'unfinished' ? this.#workload.inFlight : 0);
    const value = traceValueAt(drive.trace, time);
    if (value === undefined) return undefined;
    this.#firstValue ??= value;
    if (value !== this.#firstValue && this.#loadBegun === Number.POSITIVE_INFINITY) this.#loadBegun = time;
    return value;
  }

  /** CPU of the average pod since the last poll. */
  #cpuMilli(time: number): number {
    const workload = this.#workload;
    const worked = workload.workedUntil(time);
    const podSeconds = workload.podSecondsUntil(time);
    const [work, existed] = [worked - this.#worked, podSeconds - this.#podSeconds];
    this.#worked = worked;
    this.#podSeconds = podSeconds;
    return existed > 0 ? (this.#options.pods.busyCpuMilli * work) / existed : 0;
  }

  #sync(time: number): void {
    const { autoscaler, syncSeconds, seconds, onSync } = this.#options;
    const metric = this.#pipeline.ask(time);
    const value = 'value' in metric ? metric.value : null;
    if (value === null) this.#metricErrors += 1;
    const current = this.#replicas;
    const workload = this.#workload;
    const ready = workload.ready;
    const outcome = autoscaler.sync({
      time,
      replicas: current,
      statusReplicas: workload.active.length,
      readyPods: ready,
      metric,
      cpuMilli: this.#cpu?.ask(time) ?? { error: 'nothing measures CPU' },
      pods: () => workload.snapshots(),
    });
    const { desired } = outcome;
    this.#desired.add(desired);
    this.#ready.add(ready);
    if (desired !== current) {
      this.#tally.change(current, desired, time, this.#begun());
      workload.scaleTo(desired, time);
      this.#replicas = desired;
    }
    if (desired === autoscaler.max) this.#atMax += Math.min(syncSeconds, seconds - time);
    if (onSync === undefined) return;
    const queue = this.#arrivals !== undefined;
    const waiting = queue ? workload.waiting : null;
    const oldestWait = queue ? workload.oldestWait(time) : null;
    onSync({
      time,
      metric: value,
      current,
      desired,
      ready,
      waiting,
      oldestWait,
      reason: outcome.reason,
      record: outcome.record,
    });
  }

  /** When the load began; a trace that starts high began at once. */
  #begun(): number {
    return this.#loadBegun === Number.POSITIVE_INFINITY && this.#arrivals === undefined ? 0 : this.#loadBegun;
  }

  #summary(syncs: number): SimulationSummary {
    const { seconds } = this.#options;
    const workload = this.#workload;
    const queue = this.#arrivals !== undefined;
    const ledger = queue ? ledgerSummary(workload) : null;
    workload.settle(seconds);
    return {
      seconds,
      syncs,
      wait: queue ? waitSummary(workload.waits) : null,
      ledger,
      replicaSeconds: workload.replicaSeconds,
      utilization: queue && workload.replicaSeconds > 0 ? workload.busySeconds / workload.replicaSeconds : null,
      scaleUps: this.#tally.scaleUps,
      scaleDowns: this.#tally.scaleDowns,
      flaps: this.#tally.flaps,
      desired: this.#desired.summary,
      ready: this.#ready.summary,
      firstReactionSeconds: this.#tally.firstReaction,
      secondsAtMax: this.#atMax,
      metricErrors: this.#metricErrors,
    };
  }
}

function refuseHuge({ drive, seconds, syncSeconds, pipeline }: SimulationOptions): void {
  const refuse = (what: string, limit: string): never => {
    throw new LabError('ML-SIM-SIZE', { what, limit });
  };
  const steps = seconds / Math.min(syncSeconds, pipeline.pollSeconds);
  if (steps > MOST_SYNCS) refuse(`${Math.round(steps)} syncs and polls`, `${MOST_SYNCS} are simulated`);
  const items = drive.kind === 'load' ? expectedArrivals(drive.load, seconds) : 0;
  if (items > MOST_ITEMS) refuse(`${Math.round(items)} items`, `${MOST_ITEMS} are simulated`);
}
