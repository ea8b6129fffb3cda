import { formatTime } from '../time.ts';

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

/** Go's time.RFC1123Z in UTC: `Mon, 10 Jan 2000 02:06:15 +0000`. `ms` since 1970. */
export function rfc1123z(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const [date = '', clock = ''] = formatTime(ms).slice(0, -1).split('T');
  const [year, month, day] = date.split('-');
  return `${DAYS[((days % 7) + 7) % 7]}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${clock} +0000`;
}
