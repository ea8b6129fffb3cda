import { type RedisCommand, toList, toNumber, toTexts } from '../../sources/redis-connection.ts';
import { fromBytes, type RespReply, toBytes } from '../../sources/resp.ts';

/** An entry of the stream: what the lab writes as fields `item`, `payload`, `tries`. */
export interface StreamEntry {
  /** The stream's own id, e.g. `1712-0`. */
  readonly entry: string;
  /** The item's number; undefined when somebody else put the entry there. */
  readonly item: number | undefined;
  readonly payload: string;
  /** Deliveries before this entry was written (an item that comes back is a new entry). */
  readonly tries: number;
}

/** One `[id, [field, value, ...]]` of XREADGROUP, XCLAIM or XAUTOCLAIM; undefined for an entry that was deleted meanwhile. */
export function parseEntry(reply: RespReply | undefined): StreamEntry | undefined {
  const [entry, list] = toList(reply);
  if (typeof entry !== 'string' || !Array.isArray(list)) return undefined;
  const values = toTexts(list);
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < values.length; i += 2) fields.set(values[i] ?? '', values[i + 1] ?? '');
  const item = /^\d{1,15}$/.test(fields.get('item') ?? '') ? Number(fields.get('item')) : undefined;
  const tries = /^\d{1,9}$/.test(fields.get('tries') ?? '') ? Number(fields.get('tries')) : 0;
  const payload = fields.get('payload') ?? JSON.stringify(Object.fromEntries(fields));
  return { entry, item, payload: fromBytes(payload), tries };
}

/** The command that appends an item to a stream. */
export function addEntry(stream: string, item: number, payload: string, tries: number, reason?: string): RedisCommand {
  const why = reason === undefined ? [] : ['reason', toBytes(reason)];
  return ['XADD', stream, '*', 'item', item, 'payload', toBytes(payload), 'tries', tries, ...why];
}

export interface PendingEntry {
  readonly entry: string;
  readonly idleMs: number;
  readonly deliveries: number;
}

/** The answer of XPENDING with a range: `[[id, consumer, idle, deliveries], ...]`. */
export function parsePending(reply: RespReply | undefined): PendingEntry[] {
  return toList(reply).flatMap((row) => {
    const [entry, , idle, deliveries] = toList(row);
    return typeof entry === 'string' ? [{ entry, idleMs: toNumber(idle), deliveries: toNumber(deliveries) }] : [];
  });
}
