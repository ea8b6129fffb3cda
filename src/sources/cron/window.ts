import { Cron } from 'croner';

/** A span of time that comes again and again: from each time of `start` to the next one of `end`. */
export interface CronWindow {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly start: string;
  readonly end: string;
  /** IANA name, e.g. Europe/Berlin. */
  readonly timezone: string;
}

/** Coincidences of start and end that are looked past; expressions that never part are as good as no window. */
const TIES = 8;

/**
 * Whether a moment lies in the window: the next end then comes before the next start, as in KEDA's cron scaler
 * (pkg/scalers/cron_scaler.go). A time of the clock that does not exist when summer time begins happens at the change; one
 * that exists twice when it ends happens the first time. Start and end may so fall together: what follows then decides.
 */
export function inWindow({ start, end, timezone }: CronWindow, atMs: number): boolean {
  const starts = schedule(start, timezone);
  const ends = schedule(end, timezone);
  let from = new Date(atMs);
  for (let tie = 0; tie < TIES; tie += 1) {
    const nextStart = starts.nextRun(from)?.getTime() ?? Infinity;
    const nextEnd = ends.nextRun(from)?.getTime() ?? Infinity;
    if (nextStart !== nextEnd) return nextEnd < nextStart;
    if (nextStart === Infinity) return false;
    from = new Date(nextStart);
  }
  return false;
}

/** Why an expression cannot be used; undefined when it can. */
export function cronProblem(expression: string): string | undefined {
  try {
    return schedule(expression, 'UTC').nextRun(new Date(0)) === null ? 'there is no such day' : undefined;
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return error.message.replace('CronPattern: ', '');
    throw error;
  }
}

/** Whether this machine knows a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function schedule(expression: string, timezone: string): Cron {
  // `?` is `*` in the Go library that KEDA uses; to croner it is the present day.
  return new Cron(expression.replaceAll('?', '*'), { timezone, mode: '5-part', paused: true });
}
