const SECONDS = /^\d+(?:\.\d+)?(?:e\+?\d+)?$/i;
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:([Zz])|([+-])(\d\d):(\d\d))$/;

export type TraceTime = { readonly kind: 'seconds' | 'date'; readonly seconds: number } | { readonly problem: string };

/** Seconds as written, or the Unix seconds of an RFC 3339 time; dates that do not exist are problems, not other dates. */
export function parseTraceTime(text: string): TraceTime {
  if (text === '') return { problem: 'the time is missing' };
  if (text.startsWith('-') && SECONDS.test(text.slice(1))) return { problem: 'a time cannot be negative' };
  if (SECONDS.test(text)) return { kind: 'seconds', seconds: Number(text) };
  const match = RFC_3339.exec(text);
  if (match === null) {
    const zoneless = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?$/.test(text);
    const hint = zoneless
      ? ': the zone is missing, write Z or +02:00'
      : ' (seconds, or RFC 3339 such as 2026-11-22T12:00:00Z)';
    return { problem: `"${text.slice(0, 40)}" is not a time${hint}` };
  }
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (day < 1 || day > days || hour > 23 || minute > 59 || second > 60 || part(10) > 23 || part(11) > 59)
    return { problem: `"${text}" is no time that exists` };
  const offset = (match[9] === '-' ? -1 : 1) * (part(10) * 3600 + part(11) * 60);
  return { kind: 'date', seconds: Date.UTC(year, month - 1, day, hour, minute, second) / 1000 + part(7) - offset };
}
