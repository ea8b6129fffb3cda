import { LabError } from '../../errors/lab-error.ts';

/** Largest whole numbers, for flags and for the lab file's schema. */
export const LIMITS = { port: 65_535, pods: 1000, nodes: 8, attempts: 1000 } as const;

const MAX_COUNT = 1_000_000;

/** How many items to publish: 1 to 1,000,000. Raises ML-USAGE-COUNT. */
export function parseCount(text: string): number {
  const reason = countProblem(text);
  if (reason === undefined) return Number(text);
  throw new LabError('ML-USAGE-COUNT', { value: text, reason, min: 1, max: MAX_COUNT.toLocaleString('en-US') });
}

function countProblem(text: string): string | undefined {
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number)) return 'it is not a number';
  if (number < 0) return 'it is negative';
  if (!Number.isInteger(number)) return 'it is not a whole number';
  if (number === 0) return 'publishing nothing changes nothing';
  if (number > MAX_COUNT) return 'it is too large for one command; publish in several';
  return /^\d+$/.test(text) ? undefined : 'it is not written in plain digits';
}

/** A parser of whole numbers within bounds. Raises ML-USAGE-VALUE. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string, name: string) => number {
  const expected =
    max === Number.MAX_SAFE_INTEGER ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`;
  return (text, name) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    throw new LabError('ML-USAGE-VALUE', { name, value: text, expected });
  };
}

/** A share, 0 to 1. Raises ML-USAGE-VALUE. */
export function parseShare(text: string, name: string): number {
  const number = Number(text);
  if (/^(\d+(\.\d+)?|\.\d+)$/.test(text) && number <= 1) return number;
  throw new LabError('ML-USAGE-VALUE', { name, value: text, expected: 'a number from 0 to 1, for example 0.05' });
}

const PER_SECOND: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Events per second of a rate such as `5/s` or `30/m`. Raises ML-USAGE-RATE. */
export function parseRate(text: string, name: string): number {
  const match = /^(\d+(?:\.\d+)?)\/(s|m|h)$/.exec(text);
  const amount = Number(match?.[1]);
  if (match !== null && amount > 0) return amount / (PER_SECOND[match[2] ?? 's'] ?? 1);
  const reason = match !== null ? 'it must be more than zero' : 'it is a number, a slash and s, m or h';
  throw new LabError('ML-USAGE-RATE', { name, value: text, reason });
}
