import type { Clock } from '../../contracts/clock.ts';
import type { PublishOptions } from '../../contracts/queue.ts';
import type { Link } from '../../sources/link.ts';
import { type RedisCommand, toNumber } from '../../sources/redis-connection.ts';
import { publishBatches } from './publish-batches.ts';
import type { FencedConnection } from './redis-links.ts';

/** Longer than any outage that one publish survives. */
const MARKER_SECONDS = 86_400;

export interface RedisPublishing {
  readonly link: Link<FencedConnection>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly keys: { readonly seq: string; readonly published: string; readonly batch: (id: string) => string };
  /** The commands that put items with these ids; part of the batch's transaction. */
  readonly put: (ids: readonly number[]) => readonly RedisCommand[];
}

/**
 * Publishes `count` items with new ids. Each batch is one transaction that also sets the batch's marker; when the
 * connection is lost under it, the marker says whether it took effect.
 */
export async function publishToRedis(
  count: number,
  options: PublishOptions,
  { link, clock, newId, keys, put }: RedisPublishing,
): Promise<number> {
  options.signal.throwIfAborted();
  // Run twice by a lost connection it leaves a gap in the ids, which harms nothing.
  const last = await link.run(
    async ({ redis }) => toNumber(await redis.call(['INCRBY', keys.seq, count])),
    options.signal,
  );
  const first = last - count + 1;
  return await publishBatches(count, options, clock, async ({ from, size }, signal) => {
    const marker = keys.batch(newId());
    const ids = Array.from({ length: size }, (_, index) => first + from + index);
    const commands = [...put(ids), ['INCRBY', keys.published, size], ['SET', marker, '1', 'EX', MARKER_SECONDS]];
    await link.run(async ({ redis }, again) => {
      if (again && toNumber(await redis.call(['EXISTS', marker])) === 1) return;
      await redis.multi(commands);
    }, signal);
  });
}
