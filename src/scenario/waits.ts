import { WaitHistogram } from '../simulate/wait-histogram.ts';

/**
 * How long items waited, from counts alone, since queues do not tell it item by item: the n-th published item is taken for the n-th that
 * left the queue (they are first in, first out), at a time between two samples in a straight line. Counted from when the load meant the
 * item to be there, not from when the queue had time for it.
 */
export class Waits {
  readonly histogram: WaitHistogram = new WaitHistogram();
  /** Times in seconds at which items were due, in order; those that left are dropped. */
  readonly #due: number[] = [];
  #left: number;
  #time = 0;
  /** Items before the first of ours. */
  #before: number;

  /** `taken`: items that ever left the queue; `waiting`: those in front of the first of ours. */
  constructor(taken: number, waiting: number) {
    this.#left = taken;
    this.#before = taken + waiting;
  }

  published(due: number, count: number): void {
    for (let n = 0; n < count; n += 1) this.#due.push(due);
  }

  /** `taken` items have left the queue by `time`. Fewer than before (an item was handed back) changes nothing. */
  sample(time: number, taken: number): void {
    const from = this.#left;
    const first = Math.max(this.#before, from);
    const gone = Math.min(taken - first, this.#due.length);
    for (let n = 0; n < gone; n += 1) {
      const share = taken === from ? 1 : (first + n + 1 - from) / (taken - from);
      const left = this.#time + share * (time - this.#time);
      this.histogram.add(Math.max(left - (this.#due[n] ?? left), 0));
    }
    if (gone > 0) {
      this.#due.splice(0, gone);
      this.#before = first + gone;
    }
    this.#left = Math.max(taken, from);
    this.#time = time;
  }

  /** Items still in the queue have waited at least until now. */
  settle(time: number): void {
    for (const due of this.#due.splice(0)) this.histogram.add(Math.max(time - due, 0));
  }

  /** Seconds that the oldest waiting item of ours has waited; null when none waits. */
  oldest(time: number): number | null {
    const [due] = this.#due;
    return due === undefined ? null : Math.max(time - due, 0);
  }
}
