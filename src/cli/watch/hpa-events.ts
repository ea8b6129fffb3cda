import { z } from 'zod';
import type { ObjectMeta } from '../../contracts/kube-client.ts';
import { Meta, parseAs } from '../../kube/objects.ts';

/** A core/v1 Event about an HPA. */
export interface HpaEvent {
  readonly metadata: ObjectMeta;
  readonly hpa: string;
  readonly hpaUid: string;
  readonly abnormal: boolean;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** Epoch ms of the last occurrence; 0 when the event does not say. */
  readonly lastAt: number;
}

const time = z.string().nullish();
const Event = z.object({
  metadata: Meta,
  involvedObject: z.object({ name: z.string().default(''), uid: z.string().default('') }),
  type: z.string().default('Normal'),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().default(1),
  firstTimestamp: time,
  lastTimestamp: time,
  eventTime: time,
  series: z.object({ count: z.number().default(1), lastObservedTime: time }).nullish(),
});

/** A foreign value as an event. Raises ML-KUBE-SHAPE. */
export function parseHpaEvent(foreign: unknown): HpaEvent {
  const event = parseAs(Event, foreign, 'an event');
  const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp;
  const lastAt = last === undefined || last === null ? 0 : Date.parse(last);
  return {
    metadata: event.metadata,
    hpa: event.involvedObject.name,
    hpaUid: event.involvedObject.uid,
    abnormal: event.type !== 'Normal',
    reason: event.reason,
    message: event.message,
    count: Math.max(event.series?.count ?? event.count, 1),
    lastAt: Number.isNaN(lastAt) ? 0 : lastAt,
  };
}

/** Events with the same reason and message as one, counts added, oldest first. */
export function deduplicated(events: readonly HpaEvent[]): readonly HpaEvent[] {
  const known = new Map<string, HpaEvent>();
  for (const event of events) {
    const key = `${event.reason}\n${event.message}`;
    const before = known.get(key);
    const newer = before === undefined || event.lastAt > before.lastAt ? event : before;
    known.set(key, before === undefined ? event : { ...newer, count: before.count + event.count });
  }
  return [...known.values()].sort((a, b) => a.lastAt - b.lastAt);
}
