import { LoadReader } from './reader.ts';
import type { LoadShape, Segment } from './shape.ts';

/** Straight pieces that a period of a sine is drawn with: the rate is off by at most 0.1 % of its height. */
const SINE_PIECES = 96;
const LONGEST_TEXT = 4096;

type Part = { readonly seconds: number; readonly segments: () => Iterable<Segment> };

/**
 * Reads a load such as `ramp(0→50/s, 10m); constant(50/s, 5m)`. Raises ML-SIM-LOAD.
 *
 * - `5/s`, `constant(5/s, 10m)`: evenly spaced; without a duration to the end
 * - `ramp(0→50/s, 10m)`: in a straight line, over several rates in equal parts
 * - `step(1→5→20/s, 5m)`: each rate for 5m
 * - `spike(1→50/s, 30s, 10m)`: 10m at 1/s with a spike of 30s in the middle; without a length three times the spike
 * - `sine(0→20/s, 10m, 1h)`: between the two rates, starting at the first; a period of 10m, without a length to the end
 * - `poisson(SHAPE)`: random arrivals with the mean rate of any of these
 */
export function parseLoad(text: string): LoadShape {
  const reader = new LoadReader(text.slice(0, LONGEST_TEXT + 1));
  if (text.length > LONGEST_TEXT) return reader.fail(`longer than ${LONGEST_TEXT} characters`);
  const parts: Part[] = [];
  do {
    if (parts.at(-1)?.seconds === Number.POSITIVE_INFINITY)
      return reader.fail('the part before never ends: give it a duration');
    parts.push(readPart(reader));
  } while (reader.take(';') || reader.take(',') || reader.take('then'));
  if (!reader.done) return reader.fail('expected the end, or `;` and the next shape');
  return {
    text,
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    *segments(): Generator<Segment, undefined> {
      for (const part of parts) yield* part.segments();
    },
  };
}

function readPart(reader: LoadReader): Part {
  const call = reader.call();
  if (call === undefined) return constant(reader.rates(1, 1), Number.POSITIVE_INFINITY);
  const part = readCall(reader, call.name);
  if (part === undefined)
    return reader.fail(`there is no shape "${call.name}": constant, ramp, step, spike, sine, poisson`, call.at);
  reader.expect(')', call.name);
  return part;
}

function readCall(reader: LoadReader, name: string): Part | undefined {
  const more = () => (reader.take(',') ? reader.seconds() : undefined);
  const needed = () => {
    reader.expect(',', 'the rates, then a duration');
    return reader.seconds();
  };
  switch (name) {
    case 'constant':
      return constant(reader.rates(1, 1), more() ?? Number.POSITIVE_INFINITY);
    case 'ramp':
      return ramp(reader.rates(2, 100), needed());
    case 'step':
      return step(reader.rates(2, 100), needed());
    case 'spike': {
      const rates = reader.rates(2, 2);
      const width = needed();
      const whole = more() ?? 3 * width;
      return whole < width ? reader.fail('the spike is longer than the whole') : spike(rates, width, whole);
    }
    case 'sine':
      return sine(reader.rates(2, 2), needed(), more() ?? Number.POSITIVE_INFINITY);
    case 'poisson':
      return readPoisson(reader, more);
    default:
      return undefined;
  }
}

/** `poisson(5/s, 10m)` or `poisson(ramp(…))`. */
function readPoisson(reader: LoadReader, more: () => number | undefined): Part {
  const call = reader.call();
  let inner: Part;
  if (call === undefined) inner = constant(reader.rates(1, 1), more() ?? Number.POSITIVE_INFINITY);
  else {
    const part = readCall(reader, call.name);
    if (part === undefined || call.name === 'poisson')
      return reader.fail(`there is no shape "${call.name}" to put in poisson`, call.at);
    reader.expect(')', call.name);
    inner = part;
  }
  return {
    seconds: inner.seconds,
    *segments(): Generator<Segment, undefined> {
      for (const segment of inner.segments()) yield { ...segment, poisson: true };
    },
  };
}

const line = (from: number, to: number, seconds: number): Segment => ({ seconds, from, to, poisson: false });

const fixed = (segments: readonly Segment[]): Part => ({
  seconds: segments.reduce((sum, { seconds }) => sum + seconds, 0),
  segments: () => segments,
});

function constant([rate = 0]: readonly number[], seconds: number): Part {
  return fixed([line(rate, rate, seconds)]);
}

function ramp(rates: readonly number[], seconds: number): Part {
  const each = seconds / (rates.length - 1);
  return fixed(rates.slice(1).map((to, at) => line(rates[at] ?? to, to, each)));
}

function step(rates: readonly number[], seconds: number): Part {
  return fixed(rates.map((rate) => line(rate, rate, seconds)));
}

function spike([base = 0, peak = 0]: readonly number[], width: number, whole: number): Part {
  const before = (whole - width) / 2;
  return fixed(
    [line(base, base, before), line(peak, peak, width), line(base, base, before)].filter(({ seconds }) => seconds > 0),
  );
}

function sine([low = 0, high = 0]: readonly number[], period: number, seconds: number): Part {
  const rate = (piece: number) => low + ((high - low) * (1 - Math.cos((2 * Math.PI * piece) / SINE_PIECES))) / 2;
  const length = period / SINE_PIECES;
  return {
    seconds,
    *segments(): Generator<Segment, undefined> {
      let left = seconds;
      for (let piece = 0; left > 1e-9; piece = (piece + 1) % SINE_PIECES) {
        const part = Math.min(left, length);
        const from = rate(piece);
        yield line(from, from + ((rate(piece + 1) - from) * part) / length, part);
        left -= part;
      }
    },
  };
}
