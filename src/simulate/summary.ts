import type { WaitHistogram } from './wait-histogram.ts';
import type { Line } from './queue/line.ts';

/** A change of direction within this time of the last change of replicas is a flap. */
const FLAP_SECONDS = 600;

/** Times in seconds. Percentiles are exact to half a percent. */
export interface WaitSummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** The queue's ledger at the end; the same words as `status`. */
export interface LedgerSummary {
  readonly published: number;
  readonly processed: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly lost: number;
  /** Items that a crashed or killed pod gave back. */
  readonly redelivered: number;
}

export interface SimulationSummary {
  readonly seconds: number;
  readonly syncs: number;
  /** null when the metric came from a trace: then there is no queue. */
  readonly wait: WaitSummary | null;
  readonly ledger: LedgerSummary | null;
  readonly replicaSeconds: number;
  /** Share of the replica-seconds in which pods worked; null without a queue. */
  readonly utilization: number | null;
  readonly scaleUps: number;
  readonly scaleDowns: number;
  /** Changes of direction within ten minutes. */
  readonly flaps: number;
  readonly desired: { readonly min: number; readonly max: number; readonly last: number };
  readonly ready: { readonly min: number; readonly max: number; readonly last: number };
  /** From the first item (or the first change of the metric) to the first change of replicas; null when there was none. */
  readonly firstReactionSeconds: number | null;
  /** Seconds at maxReplicas. */
  readonly secondsAtMax: number;
  /** Syncs in which the metric could not be read. */
  readonly metricErrors: number;
}

/** Counts what happens at syncs. */
export class ScaleTally {
  scaleUps = 0;
  scaleDowns = 0;
  flaps = 0;
  firstReaction: number | null = null;
  #lastDirection = 0;
  #lastChange = Number.NEGATIVE_INFINITY;

  /** The replica count changed at a time; the load began at `loadBegun`. */
  change(from: number, to: number, time: number, loadBegun: number): void {
    const direction = Math.sign(to - from);
    if (direction === 0) return;
    if (direction > 0) this.scaleUps += 1;
    else this.scaleDowns += 1;
    if (direction === -this.#lastDirection && time - this.#lastChange <= FLAP_SECONDS) this.flaps += 1;
    if (this.firstReaction === null && time >= loadBegun) this.firstReaction = time - loadBegun;
    this.#lastDirection = direction;
    this.#lastChange = time;
  }
}

/** The least, greatest and last of a series. */
export class Extent {
  min: number = Number.POSITIVE_INFINITY;
  max: number = Number.NEGATIVE_INFINITY;
  last = 0;

  add(value: number): void {
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.last = value;
  }
  get summary(): { readonly min: number; readonly max: number; readonly last: number } {
    return { min: this.min, max: this.max, last: this.last };
  }
}

export function waitSummary(waits: WaitHistogram): WaitSummary {
  return {
    count: waits.count,
    mean: waits.mean,
    p50: waits.quantile(0.5),
    p90: waits.quantile(0.9),
    p95: waits.quantile(0.95),
    p99: waits.quantile(0.99),
    max: waits.max,
  };
}

/** Read before the waiting items are settled. */
export function ledgerSummary({ published, processed, waiting, inFlight, redelivered }: Line): LedgerSummary {
  return { published, processed, waiting, inFlight, lost: published - processed - waiting - inFlight, redelivered };
}
