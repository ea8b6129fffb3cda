/** A stretch of time in which the arrival rate goes in a straight line. Rates per second. */
export interface Segment {
  /** Infinity: until the end of the simulation. */
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
  /** Arrivals at random with that mean rate; else evenly spaced. */
  readonly poisson: boolean;
}

/** A load over time: segments one after the other, then silence. */
export interface LoadShape {
  /** As the user wrote it. */
  readonly text: string;
  /** Infinity when the last part goes on. */
  readonly seconds: number;
  /** A new walk over the segments; may be endless. */
  segments(): Iterator<Segment, undefined>;
}

/** Nothing is published. */
export const SILENCE: LoadShape = {
  text: '',
  seconds: 0,
  *segments(): Generator<Segment, undefined> {},
};

/** The mean number of arrivals in the first `seconds` of a load. */
export function expectedArrivals(shape: LoadShape, seconds: number): number {
  const walk = shape.segments();
  let left = seconds;
  let sum = 0;
  for (let next = walk.next(); next.done !== true && left > 0; next = walk.next()) {
    const { from, to, seconds: length } = next.value;
    const part = Math.min(left, length);
    const end = length === Number.POSITIVE_INFINITY ? to : from + ((to - from) * part) / length;
    sum += ((from + end) / 2) * part;
    left -= part;
  }
  return sum;
}
