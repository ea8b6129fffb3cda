import type { Ledger } from '../../contracts/queue.ts';
import { GROUP } from '../../sources/lab-redis-layout.ts';
import { type RedisConnection, toList, toNumber } from '../../sources/redis-connection.ts';
import { RespError } from '../../sources/resp.ts';
import { balance } from './balance.ts';
import type { RedisKeys } from './redis-keys.ts';

/** Makes the stream and its consumer group if they are not there. Raises ML-QUEUE-REFUSED. */
export async function ensureGroup(redis: RedisConnection, stream: string): Promise<void> {
  const reply = await redis.ask(['XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM']);
  if (reply instanceof RespError && reply.code !== 'BUSYGROUP') throw redis.refused('XGROUP', reply.message);
}

/** The ledger as one snapshot. Acknowledged entries are deleted, so what is not pending waits. */
export async function countStream(redis: RedisConnection, keys: RedisKeys): Promise<Ledger> {
  const replies = await redis.multi([
    ['GET', keys.published],
    ['BITCOUNT', keys.done],
    ['GET', keys.acks],
    ['XLEN', keys.queue],
    ['XLEN', keys.dead],
    ['XPENDING', keys.queue, GROUP],
  ]);
  const [published = 0, processed = 0, acks = 0, length = 0, dead = 0] = (replies ?? []).slice(0, 5).map(toNumber);
  const inFlight = toNumber(toList(replies?.[5])[0]);
  return balance({ published, processed, acks, waiting: Math.max(0, length - inFlight), inFlight, dead });
}
