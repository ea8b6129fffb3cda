import { canonicalQuantity } from '../quantity/milli.ts';
import { parseTime } from '../time.ts';
import { humanDuration } from './duration.ts';

/** Quantity.String of a pointer: Go prints nil as `<nil>`. */
export function quantityOrNil(text: string | undefined): string {
  if (text === undefined) return '<nil>';
  return text === '' ? '0' : canonicalQuantity(text);
}

/** A percentage that may be missing. */
export function percent(value: number | undefined, missing: string): string {
  return value === undefined ? missing : `${value}%`;
}

/** Age of an RFC 3339 time; `<unknown>` when there is none (translateTimestampSince). */
export function age(time: string | null | undefined, nowMs: number): string {
  const ms = typeof time === 'string' ? parseTime(time) : null;
  return ms === null ? '<unknown>' : humanDuration(nowMs - ms);
}
