import type { Ledger } from '../../contracts/queue.ts';
import { type RedisCommand, type RedisConnection, toNumber, toTexts } from '../../sources/redis-connection.ts';
import { balance } from './balance.ts';
import type { RedisKeys } from './redis-keys.ts';

/** A consumer that was not seen for so long and holds nothing is forgotten. */
const FORGET_AFTER_MS = 3_600_000;

/**
 * Moves the items of every consumer without a sign of life back to the queue, to where the next claim takes them.
 * LMOVE is atomic, so of two that recover at once each item goes through one; a slow consumer that comes back finds its
 * item gone from its list and its acknowledgement still counts. Resolves to the number of items moved.
 */
export async function recoverLists(
  redis: RedisConnection,
  keys: RedisKeys,
  self: string,
  nowMs: number,
): Promise<number> {
  const others = toTexts(await redis.call(['ZRANGE', keys.consumers, 0, -1])).filter((name) => name !== self);
  const alive = await redis.pipeline(others.map((name) => ['EXISTS', keys.alive(name)]));
  const dead = others.filter((_, index) => alive[index] === 0);
  let moved = 0;
  for (const name of dead) {
    const move: RedisCommand = ['LMOVE', keys.processing(name), keys.queue, 'LEFT', 'RIGHT'];
    while ((await redis.call(move)) !== null) moved += 1;
  }
  // By score, so that one who has registered again in this moment stays.
  if (dead.length > 0) await redis.call(['ZREMRANGEBYSCORE', keys.consumers, '-inf', nowMs - FORGET_AFTER_MS]);
  return moved;
}

/** The ledger as one consistent snapshot. */
export async function countLists(redis: RedisConnection, keys: RedisKeys): Promise<Ledger> {
  for (;;) {
    const names = toTexts(await redis.call(['ZRANGE', keys.consumers, 0, -1]));
    const replies = await redis.multi([
      ['ZRANGE', keys.consumers, 0, -1],
      ['GET', keys.published],
      ['BITCOUNT', keys.done],
      ['GET', keys.acks],
      ['LLEN', keys.queue],
      ['LLEN', keys.dead],
      ...names.map((name) => ['LLEN', keys.processing(name)]),
    ]);
    const [now, ...counts] = replies ?? [];
    // A consumer that came in between has a list that was not counted: look again.
    if (!toTexts(now).every((name) => names.includes(name))) continue;
    const [published = 0, processed = 0, acks = 0, waiting = 0, dead = 0, ...held] = counts.map(toNumber);
    return balance({ published, processed, acks, waiting, dead, inFlight: held.reduce((sum, n) => sum + n, 0) });
  }
}
