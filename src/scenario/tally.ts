import type { Ledger } from '../contracts/queue.ts';
import type { LabSample } from '../lab/observe.ts';
import type { TimelineEntry } from '../simulate/options.ts';
import { Extent, ScaleTally, type SimulationSummary, waitSummary } from '../simulate/summary.ts';
import { Waits } from './waits.ts';

/** Turns samples of a lab into the timeline and the summary that a simulation has. Counts are those of this run alone. */
export class LiveTally {
  readonly #start: LabSample;
  readonly #waits: Waits;
  readonly #scale = new ScaleTally();
  readonly #desired = new Extent();
  readonly #ready = new Extent();
  #last: LabSample;
  #time = 0;
  #samples = 0;
  #errors = 0;
  #replicaSeconds = 0;
  #atMax = 0;
  #begun = Number.POSITIVE_INFINITY;

  constructor(start: LabSample) {
    this.#start = start;
    this.#last = start;
    this.#waits = new Waits(taken(start.ledger), start.ledger.waiting);
  }

  published(due: number, count: number): void {
    this.#begun = Math.min(this.#begun, due);
    this.#waits.published(due, count);
  }

  sample(time: number, sample: LabSample): TimelineEntry {
    const { hpa, ready, ledger } = sample;
    const before = this.#last.hpa.desired;
    const seconds = time - this.#time;
    this.#samples += 1;
    this.#replicaSeconds += hpa.current * seconds;
    if (hpa.desired >= hpa.max) this.#atMax += seconds;
    this.#waits.sample(time, taken(ledger));
    this.#scale.change(before, hpa.desired, time, this.#begun);
    this.#desired.add(hpa.desired);
    this.#ready.add(ready);
    const active = hpa.conditions.find(({ type }) => type === 'ScalingActive');
    if (active?.status === 'False') this.#errors += 1;
    this.#last = sample;
    this.#time = time;
    return {
      time,
      metric: ledger.waiting + ledger.inFlight,
      current: before,
      desired: hpa.desired,
      ready,
      waiting: ledger.waiting,
      oldestWait: this.#waits.oldest(time),
      reason: active?.status === 'False' ? active.message : limitOf(sample),
      record: null,
    };
  }

  /** Of everything so far; nothing can be sampled afterwards. */
  summary(): SimulationSummary {
    this.#waits.settle(this.#time);
    const [now, then] = [this.#last.ledger, this.#start.ledger];
    const since = (field: keyof Ledger) => Math.max(now[field] - then[field], 0);
    return {
      seconds: this.#time,
      syncs: this.#samples,
      wait: waitSummary(this.#waits.histogram),
      ledger: {
        published: since('published'),
        processed: since('processed'),
        waiting: now.waiting,
        inFlight: now.inFlight,
        lost: since('lost'),
        redelivered: since('duplicates'),
      },
      replicaSeconds: this.#replicaSeconds,
      utilization: null,
      scaleUps: this.#scale.scaleUps,
      scaleDowns: this.#scale.scaleDowns,
      flaps: this.#scale.flaps,
      desired: this.#desired.summary,
      ready: this.#ready.summary,
      firstReactionSeconds: this.#scale.firstReaction,
      secondsAtMax: this.#atMax,
      metricErrors: this.#errors,
    };
  }
}

/** Items that ever left the queue. */
function taken(ledger: Ledger): number {
  return ledger.published - ledger.waiting;
}

function limitOf({ hpa }: LabSample): string {
  const limited = hpa.conditions.find(({ type }) => type === 'ScalingLimited');
  return limited?.status === 'True' ? limited.reason : '';
}
