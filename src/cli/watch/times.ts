const two = (value: number) => String(value).padStart(2, '0');

/** RFC 3339 in local time with its offset, or in UTC, to the second. */
export function stamp(ms: number, utc: boolean): string {
  const at = new Date(ms);
  if (utc) return at.toISOString().replace(/\.\d+Z$/, 'Z');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${date}T${wallClock(ms, false)}${zone}`;
}

/** `12:03:10`, local or UTC. */
export function wallClock(ms: number, utc: boolean): string {
  const at = new Date(ms);
  if (utc) return at.toISOString().slice(11, 19);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
