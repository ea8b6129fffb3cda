import { eventCount, eventTime, type HpaView } from './hpa-view.ts';
import type { HistoryEntry } from './explanation.ts';
import type { BundleEvent } from './bundle.ts';

/** What happened to an HPA since a moment, as events and samples tell it, oldest first. */
export function historyOf(view: HpaView, sinceMs: number): readonly HistoryEntry[] {
  const events = [...view.events, ...view.targetEvents].map((event) => ({
    atMs: eventTime(event),
    text: eventText(event),
    source: `event of ${event.regarding.kind} ${event.regarding.name}`,
  }));
  const samples = view.series.flatMap(({ atMs, spec }, index) => {
    const before = view.series[index - 1]?.spec ?? spec;
    return before === spec ? [] : [{ atMs, text: `${before} → ${spec} replicas`, source: 'sample of the scale' }];
  });
  return [...events, ...samples]
    .filter(({ atMs }) => atMs >= sinceMs)
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, text, source }) => ({ at: new Date(atMs).toISOString(), text, source }));
}

function eventText(event: BundleEvent): string {
  const count = eventCount(event);
  return `${event.reason}: ${event.note}${count > 1 ? ` (${count} times)` : ''}`;
}
