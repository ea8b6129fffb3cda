import { exponential, type Random } from '../random.ts';
import type { LoadShape, Segment } from './shape.ts';

/**
 * The times at which a load publishes items, in order. An evenly spaced load publishes whenever the integral of its rate reaches the
 * next whole number; a Poisson load whenever it has grown by an exponential draw, which is exact for rates that change.
 */
export class Arrivals {
  readonly #walk: Iterator<Segment, undefined>;
  readonly #random: Random;
  #segment: Segment | undefined;
  /** When the segment began, and how far into it we are. */
  #begun = 0;
  #inside = 0;
  /** Integral of the rate that is still to pass until the next item. */
  #need = 1;

  constructor(shape: LoadShape, random: Random) {
    this.#walk = shape.segments();
    this.#random = random;
    this.#enter();
  }

  /** Seconds from the start of the next item; Infinity when no more comes. */
  next(): number {
    for (;;) {
      const segment = this.#segment;
      if (segment === undefined) return Number.POSITIVE_INFINITY;
      const { seconds, from, to, poisson } = segment;
      const slope = seconds === Number.POSITIVE_INFINITY ? 0 : (to - from) / seconds;
      const rate = from + slope * this.#inside;
      const left = seconds - this.#inside;
      const step = stepFor(this.#need, rate, slope);
      if (step <= left && step !== Number.POSITIVE_INFINITY) {
        this.#inside += step;
        this.#need = poisson ? exponential(this.#random) : 1;
        return this.#begun + this.#inside;
      }
      if (left === Number.POSITIVE_INFINITY) return left;
      this.#need -= left * (rate + (slope * left) / 2);
      this.#begun += seconds;
      this.#enter();
    }
  }

  #enter(): void {
    const before = this.#segment;
    const next = this.#walk.next();
    this.#segment = next.done === true ? undefined : next.value;
    this.#inside = 0;
    const poisson = this.#segment?.poisson ?? false;
    if (poisson !== (before?.poisson ?? false)) this.#need = poisson ? exponential(this.#random) : 1;
    // Rounding may leave a hair less than nothing.
    if (this.#need < 0) this.#need = 0;
  }
}

/** Seconds until the integral of a rate that starts at `rate` and grows by `slope` per second reaches `need`; Infinity = never. */
function stepFor(need: number, rate: number, slope: number): number {
  const discriminant = rate * rate + 2 * slope * need;
  if (discriminant < 0) return Number.POSITIVE_INFINITY;
  const divisor = rate + Math.sqrt(discriminant);
  return divisor <= 0 ? Number.POSITIVE_INFINITY : (2 * need) / divisor;
}
