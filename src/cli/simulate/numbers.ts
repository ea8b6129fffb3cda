import { formatDuration } from '../values/duration.ts';

/** `1m15s` of seconds. */
export function clock(seconds: number): string {
  return formatDuration(Math.round(seconds * 1000));
}

/** A duration that is read, not computed with: three digits are enough. */
export function about(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))}s`;
  return clock(Math.round(seconds));
}

/** A number with as many digits as say something. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}
