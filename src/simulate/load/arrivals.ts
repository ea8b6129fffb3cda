import type { ArrivalRing } from '../queue/arrival-ring.ts';
import { exponential, type Random } from '../random.ts';
import type { LoadShape, Segment } from './shape.ts';

const AHEAD = 1024;

/**
 * The times at which a load publishes items, in order. An evenly spaced load publishes whenever the integral of its rate reaches the
 * next whole number; a Poisson load whenever it has grown by an exponential draw, which is exact for rates that change.
 */
export class Arrivals {
  /** Seconds from the start of the next item; Infinity when no more comes. */
  next: number = Number.POSITIVE_INFINITY;
  readonly #walk: Iterator<Segment, undefined>;
  readonly #random: Random;
  #segment: Segment | undefined;
  /** When the segment began, and how far into it we are. */
  #begun = 0;
  #inside = 0;
  /** Integral of the rate that is still to pass until the next item. */
  #need = 1;
  /** Times that are worked out already: many at a time, since it is quicker. */
  readonly #ahead = new Float64Array(AHEAD);
  #read = 0;
  #filled = 0;

  constructor(shape: LoadShape, random: Random) {
    this.#walk = shape.segments();
    this.#random = random;
    this.#enter();
    this.#peek();
  }

  /** On to the item after the next one. */
  advance(): void {
    this.#read += 1;
    this.#peek();
  }

  /** Moves the items that are published before a time (or at it, if `included`) into a ring, and returns how many they are. */
  moveTo(ring: ArrivalRing, time: number, included: boolean): number {
    const ahead = this.#ahead;
    let count = 0;
    while (this.next < time || (included && this.next === time)) {
      const from = this.#read;
      const end = this.#filled;
      let at = from + 1;
      while (at < end && ((ahead[at] as number) < time || (included && ahead[at] === time))) at += 1;
      ring.append(ahead, from, at);
      count += at - from;
      this.#read = at;
      this.#peek();
    }
    return count;
  }

  #peek(): void {
    if (this.#read >= this.#filled) this.#fill();
    this.next = this.#filled === 0 ? Number.POSITIVE_INFINITY : (this.#ahead[this.#read] as number);
  }

  /** The next items, as far as their segment goes; none when no more comes. */
  #fill(): void {
    this.#read = 0;
    this.#filled = 0;
    while (this.#segment !== undefined && this.#filled === 0) this.#fillFrom(this.#segment);
  }

  #fillFrom({ seconds, from, to, poisson }: Segment): void {
    const ahead = this.#ahead;
    const random = this.#random;
    const slope = seconds === Number.POSITIVE_INFINITY ? 0 : (to - from) / seconds;
    const begun = this.#begun;
    let inside = this.#inside;
    let need = this.#need;
    let filled = 0;
    while (filled < AHEAD) {
      const rate = from + slope * inside;
      const left = seconds - inside;
      const step = slope === 0 ? need / rate : stepFor(need, rate, slope);
      if (!(step <= left) || step === Number.POSITIVE_INFINITY) {
        if (left === Number.POSITIVE_INFINITY) this.#segment = undefined;
        else this.#leave(need - left * (rate + (slope * left) / 2), begun + seconds);
        this.#filled = filled;
        return;
      }
      inside += step;
      need = poisson ? exponential(random) : 1;
      ahead[filled] = begun + inside;
      filled += 1;
    }
    this.#filled = filled;
    this.#inside = inside;
    this.#need = need;
  }

  /** On to the next segment. */
  #leave(need: number, time: number): void {
    this.#need = need;
    this.#begun = time;
    this.#enter();
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
