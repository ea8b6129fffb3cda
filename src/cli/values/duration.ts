import { LabError } from '../../errors/lab-error.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Go's notation, unit always there: `500ms`, `15s`, `1m30s`, `1.5h`. Also the pattern in the lab file's JSON schema. */
export const DURATION_PATTERN: RegExp = /^(\d+(\.\d+)?(ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;

/** Milliseconds of a duration. Raises ML-USAGE-DURATION; `name` says whose value it is, e.g. `--sync-period`. */
export function parseDuration(text: string, name: string): number {
  if (!DURATION_PATTERN.test(text)) throw wrong(text, name);
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(PART)) ms += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return Math.round(ms);
}

/** As `parseDuration`, but zero is refused. */
export function parsePositiveDuration(text: string, name: string): number {
  const ms = parseDuration(text, name);
  if (ms > 0) return ms;
  throw new LabError('ML-USAGE-DURATION', { name, value: text, reason: 'it must be longer than zero' });
}

/** A stabilization window: whole seconds up to an hour, as Kubernetes takes it (autoscaling/v2 validation). */
export function parseWindow(text: string, name: string): number {
  const ms = parseDuration(text, name);
  if (ms <= 3_600_000 && ms % 1000 === 0) return ms;
  throw new LabError('ML-USAGE-DURATION', {
    name,
    value: text,
    reason: 'Kubernetes takes whole seconds up to 1h here',
  });
}

/** Short text of a duration: `500ms`, `15s`, `1m30s`, `2h`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1000) return `${ms}ms`;
  const parts: string[] = [];
  let rest = ms;
  for (const unit of ['h', 'm'] as const) {
    const size = UNIT_MS[unit] ?? 1;
    if (rest >= size) parts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  if (rest > 0) parts.push(`${rest / 1000}s`);
  return parts.join('');
}

function wrong(text: string, name: string): LabError {
  const reason = /^\d+(\.\d+)?$/.test(text)
    ? 'the unit is missing'
    : text.startsWith('-')
      ? 'it cannot be negative'
      : 'the units are ms, s, m and h';
  return new LabError('ML-USAGE-DURATION', { name, value: text, reason });
}
