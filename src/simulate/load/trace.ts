import type { LoadShape, Segment } from './shape.ts';

/** What a CSV trace says: the metric itself, or the arrivals per second; each row holds until the next one. */
export interface Trace {
  readonly kind: 'value' | 'rate';
  /** Seconds from the start, rising. */
  readonly times: readonly number[];
  readonly numbers: readonly number[];
}

/** The load of a trace of rates; the last row's rate holds for `tail` seconds. */
export function loadOfTrace(trace: Trace, text: string, tail: number): LoadShape {
  const { times, numbers } = trace;
  return {
    text,
    seconds: (times.at(-1) ?? 0) + tail,
    *segments(): Generator<Segment, undefined> {
      const first = times[0] ?? 0;
      if (first > 0) yield { seconds: first, from: 0, to: 0, poisson: false };
      for (let row = 0; row < times.length; row += 1) {
        const rate = numbers[row] ?? 0;
        const seconds = row + 1 < times.length ? (times[row + 1] ?? 0) - (times[row] ?? 0) : tail;
        yield { seconds, from: rate, to: rate, poisson: false };
      }
    },
  };
}

/** The value of a trace at a time; undefined before its first row. The last row's holds to the end. */
export function traceValueAt(trace: Trace, seconds: number): number | undefined {
  let low = 0;
  let high = trace.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((trace.times[middle] ?? 0) <= seconds) low = middle + 1;
    else high = middle;
  }
  return trace.numbers[low - 1];
}
