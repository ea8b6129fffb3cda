import { Arrivals } from './load/arrivals.ts';
import { SILENCE } from './load/shape.ts';
import { traceValueAt } from './load/trace.ts';
import { MetricPipeline } from './metric-pipeline.ts';
import type { SimulationOptions } from './options.ts';
import { Workload } from './queue/workload.ts';
import { seededRandom } from './random.ts';
import { Extent, ledgerSummary, ScaleTally, type SimulationSummary, waitSummary } from './summary.ts';

/** A slice is this many steps, some hundredths of a second; a sync costs as much as so many events of pods and items. */
const SLICE_STEPS = 200_000;
const SYNC_STEPS = 100;

/** One simulation: what happens between two syncs, and what is counted. */
export class Run {
  readonly #options: SimulationOptions;
  readonly #workload: Workload;
  readonly #pipeline: MetricPipeline;
  /** CPU of the average pod; only where the autoscaler reads it. */
  readonly #cpu: MetricPipeline | undefined;
  #worked = 0;
  #podSeconds = 0;
  /** Whether there is one; else a trace gives the metric. */
  readonly #queue: boolean;
  readonly #arrivals: Arrivals;
  readonly #tally = new ScaleTally();
  readonly #desired = new Extent();
  readonly #ready = new Extent();
  #loadBegun: number;
  #replicas: number;
  #atMax = 0;
  #metricErrors = 0;
  #firstValue: number | undefined;
  /** Steps of this slice. */
  #done = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#workload = new Workload(options.pods, options.seed);
    this.#pipeline = new MetricPipeline(options.pipeline);
    this.#cpu = options.autoscaler.readsCpu ? new MetricPipeline(options.pipeline) : undefined;
    this.#replicas = options.initialReplicas;
    this.#queue = options.drive.kind === 'load';
    const load = options.drive.kind === 'load' ? options.drive.load : SILENCE;
    this.#arrivals = new Arrivals(load, seededRandom(options.seed, 'arrivals'));
    this.#loadBegun = this.#arrivals.next;
    this.#workload.scaleTo(this.#replicas, 0);
  }

  /** Runs to the end, and hands back control whenever a slice of work is done. */
  *slices(): Generator<undefined, SimulationSummary> {
    const { seconds, syncSeconds, pipeline } = this.#options;
    let polls = 0;
    let syncs = 0;
    for (;;) {
      const poll = polls * pipeline.pollSeconds;
      const sync = syncs * syncSeconds;
      const time = Math.min(poll, sync);
      if (time > seconds) break;
      this.#done += this.#workload.runUntil(time, this.#arrivals);
      if (poll <= sync) {
        const value = this.#measure(time);
        if (value !== undefined) this.#pipeline.poll(time, value);
        this.#cpu?.poll(time, this.#cores(time));
        polls += 1;
      } else {
        this.#sync(time);
        syncs += 1;
        this.#done += SYNC_STEPS;
        if (this.#done >= SLICE_STEPS) {
          this.#done = 0;
          yield;
        }
      }
    }
    this.#workload.runUntil(seconds, this.#arrivals);
    return this.#summary(syncs);
  }

  /** What a poll reads; undefined before the first row of a trace. */
  #measure(time: number): number | undefined {
    const { drive } = this.#options;
    const { line } = this.#workload;
    if (drive.kind === 'load') return line.waiting + (drive.measure === 'unfinished' ? line.inFlight : 0);
    const value = traceValueAt(drive.trace, time);
    if (value === undefined) return undefined;
    this.#firstValue ??= value;
    if (value !== this.#firstValue && this.#loadBegun === Number.POSITIVE_INFINITY) this.#loadBegun = time;
    return value;
  }

  /** CPU of the average pod since the last poll, in cores. */
  #cores(time: number): number {
    const workload = this.#workload;
    const worked = workload.workedUntil(time);
    const podSeconds = workload.podSecondsUntil(time);
    const [work, existed] = [worked - this.#worked, podSeconds - this.#podSeconds];
    this.#worked = worked;
    this.#podSeconds = podSeconds;
    return existed > 0 ? (this.#options.pods.busyCpuMilli * work) / existed / 1000 : 0;
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
      cpu: this.#cpu?.ask(time) ?? { error: 'nothing measures CPU' },
      pods: () => workload.snapshots(),
    });
    const { desired } = outcome;
    this.#desired.add(desired);
    this.#ready.add(ready);
    if (desired !== current) this.#scale(desired, time);
    if (desired === autoscaler.max) this.#atMax += Math.min(syncSeconds, seconds - time);
    if (onSync === undefined) return;
    const queue = this.#queue;
    const waiting = queue ? workload.line.waiting : null;
    const oldestWait = queue ? workload.line.oldestWait(time) : null;
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

  #scale(desired: number, time: number): void {
    this.#tally.change(this.#replicas, desired, time, this.#begun());
    this.#workload.scaleTo(desired, time);
    this.#replicas = desired;
  }

  /** When the load began; a trace that starts high began at once. */
  #begun(): number {
    return this.#loadBegun === Number.POSITIVE_INFINITY && !this.#queue ? 0 : this.#loadBegun;
  }

  #summary(syncs: number): SimulationSummary {
    const { seconds } = this.#options;
    const workload = this.#workload;
    const queue = this.#queue;
    const ledger = queue ? ledgerSummary(workload.line) : null;
    const podSeconds = workload.podSecondsUntil(seconds);
    const busySeconds = workload.workedUntil(seconds);
    workload.line.settle(seconds);
    return {
      seconds,
      syncs,
      wait: queue ? waitSummary(workload.line.waits) : null,
      ledger,
      replicaSeconds: podSeconds,
      utilization: queue && podSeconds > 0 ? busySeconds / podSeconds : null,
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
