import { z } from 'zod';
import { parseAs } from '../../kube/objects.ts';
import { inScope, listNeed } from '../collect/lists.ts';
import { type Reader, withQuery } from '../collect/reader.ts';
import { maskText } from '../collect/trim.ts';
import type { InspectedHpa } from './inspection.ts';

const Event = z.looseObject({
  type: z.string().default(''),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
});
const NEWEST = 10;

/** The newest events of an HPA, oldest first; none when they may not be read, which `reader.unread` tells. Raises ML-KUBE-UNREACHABLE. */
export async function readEvents(reader: Reader, namespace: string, name: string): Promise<InspectedHpa['events']> {
  const fieldSelector = `involvedObject.kind=HorizontalPodAutoscaler,involvedObject.name=${name}`;
  const path = withQuery(inScope('/api/v1', namespace, 'events'), { fieldSelector });
  const events = await reader.list(path, listNeed('', 'events', namespace), (item) => {
    const { type, reason, message, count, lastTimestamp, eventTime } = parseAs(Event, item, 'an event');
    const last = lastTimestamp ?? eventTime ?? null;
    return { type, reason, message: maskText(message), count: count ?? 1, last };
  });
  return (events ?? []).toSorted((a, b) => (a.last ?? '').localeCompare(b.last ?? '')).slice(-NEWEST);
}
