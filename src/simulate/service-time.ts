import { LabError } from '../errors/lab-error.ts';
import { secondsOf } from './durations.ts';
import { exponential, normal, type Random } from './random.ts';

/** How long one item keeps a consumer busy. */
export interface ServiceTime {
  readonly text: string;
  readonly meanSeconds: number;
  /** Seconds for one item. */
  readonly draw: (random: Random) => number;
}

const LONGEST_SECONDS = 30 * 86_400;

/** Reads `1s`, `exp(1s)`, `uniform(500ms, 2s)` or `lognormal(1s, 0.5)` (median, sigma). Raises ML-SIM-SERVICE. */
export function parseServiceTime(text: string): ServiceTime {
  const fail = (reason: string): never => {
    throw new LabError('ML-SIM-SERVICE', { text, reason });
  };
  const duration = (word: string): number => {
    const seconds = secondsOf(word.trim());
    if (seconds === undefined) return fail(`"${word.trim()}" is not a duration with its unit, such as 1s`);
    if (seconds <= 0 || seconds > LONGEST_SECONDS) return fail('a service time lies between 1ms and 30 days');
    return seconds;
  };
  const call = /^\s*([a-z]+)\s*\(([^()]*)\)\s*$/i.exec(text);
  if (call === null) {
    const seconds = duration(text);
    return { text, meanSeconds: seconds, draw: () => seconds };
  }
  const [first = '', second, third] = (call[2] ?? '').split(',');
  if (third !== undefined) return fail('too many values');
  const name = (call[1] ?? '').toLowerCase();
  if (name === 'constant' && second === undefined) return parseServiceTime(first);
  if (name === 'exp' && second === undefined) {
    const mean = duration(first);
    return { text, meanSeconds: mean, draw: (random) => mean * exponential(random) };
  }
  if (name === 'uniform' && second !== undefined) {
    const low = duration(first);
    const high = duration(second);
    if (high < low) return fail('the second value is below the first');
    return { text, meanSeconds: (low + high) / 2, draw: (random) => low + (high - low) * random() };
  }
  if (name === 'lognormal' && second !== undefined) {
    const median = duration(first);
    const sigma = Number(second);
    if (!(sigma > 0 && sigma <= 5)) return fail('sigma lies between 0 and 5');
    const draw = (random: Random) => Math.min(median * Math.exp(sigma * normal(random)), LONGEST_SECONDS);
    return { text, meanSeconds: median * Math.exp((sigma * sigma) / 2), draw };
  }
  return fail('the forms are 1s, exp(1s), uniform(500ms, 2s) and lognormal(1s, 0.5)');
}
