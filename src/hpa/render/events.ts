import type { Quirks } from '../quirks.ts';
import { parseTime } from '../time.ts';
import { age } from './texts.ts';

/** The parts of a core/v1 Event that describe shows; times RFC 3339. */
export interface DescribedEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string | null } | null;
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
  readonly involvedObject?: { readonly fieldPath?: string };
}

/** The Events section, oldest first (describe.go:DescribeEvents). */
export function eventLines(events: readonly DescribedEvent[], nowMs: number, quirks: Quirks): readonly string[] {
  if (events.length === 0) return ['Events:\t<none>'];
  const last = (event: DescribedEvent): number => parseTime(event.lastTimestamp ?? '') ?? Number.NEGATIVE_INFINITY;
  const sorted = events.toSorted((a, b) => (last(a) === last(b) ? 0 : last(a) < last(b) ? -1 : 1));
  return [
    'Events:',
    '  Type\tReason\tAge\tFrom\tMessage',
    '  ----\t------\t----\t----\t-------',
    ...sorted.map((event) => eventLine(event, nowMs, quirks)),
  ];
}

function eventLine(event: DescribedEvent, nowMs: number, quirks: Quirks): string {
  const { type = '', reason = '', source, reportingComponent = '' } = event;
  const from = (source?.component ?? '') === '' ? reportingComponent : (source?.component ?? '');
  return `  ${type}\t${reason}\t${interval(event, nowMs)}\t${from}\t${messageText(event, quirks)}`;
}

function interval(event: DescribedEvent, nowMs: number): string {
  const { eventTime, series, count = 0 } = event;
  const first = age(eventTime ?? event.firstTimestamp, nowMs);
  if (series) return `${age(series.lastObservedTime, nowMs)} (x${series.count ?? 0} over ${first})`;
  return count > 1 ? `${age(event.lastTimestamp, nowMs)} (x${count} over ${first})` : first;
}

function messageText(event: DescribedEvent, quirks: Quirks): string {
  const message = (event.message ?? '').trim();
  const field = event.involvedObject?.fieldPath ?? '';
  return field !== '' && quirks.eventFieldPath ? `${field}: ${message}` : message;
}
