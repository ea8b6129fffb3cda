/** Times of API objects, without Date: RFC 3339 text, milliseconds since 1970, and Go's durations. */

const DAY_MS = 86_400_000;

/** Go's zero time.Time (year 1) in milliseconds since 1970: what an absent timestamp compares as. */
export const ZERO_TIME_MS = -62_135_596_800_000;

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar (era arithmetic, March-based years). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

// Go's time.Parse also takes an hour of one digit and a comma before the fraction.
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** A date that exists; Go's time.Parse refuses others. */
function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const next = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
  return day <= next - daysFromCivil(year, month, 1);
}

/** RFC 3339 → milliseconds since 1970 (fractions of a millisecond kept); null when the text is no such time. */
export function parseTime(text: string): number | null {
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const part = (i: number): number => Number(match[i] ?? 0);
  if (!isDate(part(1), part(2), part(3)) || part(4) > 23 || part(5) > 59 || part(6) > 59) return null;
  if (part(9) > 24 || part(10) > 60) return null;
  const days = daysFromCivil(part(1), part(2), part(3));
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`) * 1000;
  const offset = (part(9) * 60 + part(10)) * 60_000 * (match[8] === '-' ? -1 : 1);
  return days * DAY_MS + part(4) * 3_600_000 + part(5) * 60_000 + part(6) * 1000 + fraction - offset;
}

/** A timestamp of an API object; absent or unreadable counts as Go's zero time. */
export function timeOrZero(text: string | null | undefined): number {
  return text === null || text === undefined ? ZERO_TIME_MS : (parseTime(text) ?? ZERO_TIME_MS);
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** Milliseconds since 1970 → RFC 3339 in UTC with whole seconds, cut off as metav1.Time does ("2000-01-01T00:00:00Z"). */
export function formatTime(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const seconds = Math.floor((ms - days * DAY_MS) / 1000);
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}Z`;
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Go's time.ParseDuration ("1m30s", "500ms") in milliseconds; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|ns))+$/.test(body)) return null;
  let total = 0;
  for (const [, value, unit] of body.matchAll(/(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|ns)/g)) {
    total += Number(value) * (UNITS[unit ?? ''] ?? 0);
  }
  return sign * total;
}
