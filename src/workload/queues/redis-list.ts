import type { ClaimedItem, Ledger, PublishOptions, QueueDriver } from '../../contracts/queue.ts';
import type { Link } from '../../sources/link.ts';
import {
  COMMAND_TIMEOUT_MS,
  type RedisCommand,
  type RedisConnection,
  toNumber,
  toTexts,
} from '../../sources/redis-connection.ts';
import { fromBytes, toBytes } from '../../sources/resp.ts';
import { inTurn } from './in-turn.ts';
import { decodeItem, encodeItem } from './item-codec.ts';
import { Keeper, within } from './keeper.ts';
import { checkQueueName, DEFAULT_CLAIM_TTL_MS, type QueueOptions } from './options.ts';
import { publishingLink, redisLink } from './redis-links.ts';
import { type RedisKeys, redisKeys } from './redis-keys.ts';
import { countLists, recoverLists } from './redis-list-upkeep.ts';
import { publishToRedis } from './redis-publish.ts';

const CLOSE_WITHIN_MS = 2_000;

/** An item in the own processing list, byte for byte as it lies there. */
interface Held {
  readonly raw: string;
  readonly id: number;
  readonly payload: string;
  readonly attempt: number;
}

/**
 * A queue on a Redis list (Redis 6.2 or later). Items wait in the list `<queue>`; a claim moves one atomically to the
 * claimer's own list, where it stays until it is done. Whoever finds a consumer without a sign of life moves its list back.
 *
 * Exactly these commands are used, in RESP2, no scripts, no streams, no pub/sub (an embedded server has to know them):
 * AUTH, SELECT, PING, CLIENT INFO, CLIENT KILL ID n ADDR a; MULTI, EXEC, WATCH, UNWATCH; GET, SET (EX, PX), DEL, EXISTS,
 * INCR, INCRBY; SETBIT, GETBIT, BITCOUNT; LPUSH, LLEN, LRANGE, LREM, LMOVE, BLMOVE; HSET, HINCRBY, HDEL;
 * ZADD, ZRANGE, ZREMRANGEBYSCORE.
 */
export class RedisListQueue implements QueueDriver {
  readonly #options: QueueOptions;
  readonly #ttlMs: number;
  readonly #keys: RedisKeys;
  /** The own processing list. */
  readonly #mine: string;
  readonly #main: Link<RedisConnection>;
  /** BLMOVE and WATCH need a connection that nothing else uses at the same time. */
  readonly #exclusive: Link<RedisConnection>;
  readonly #exclusiveTurn: ReturnType<typeof inTurn> = inTurn();
  readonly #claimTurn: ReturnType<typeof inTurn> = inTurn();
  readonly #publishing: ReturnType<typeof publishingLink>;
  readonly #held: Set<string> = new Set();
  readonly #keeper: Keeper;
  #closing: Promise<void> | undefined;
  /** Monotonic ms of the last sign of life. */
  #seenAt: number | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#ttlMs = options.claimTtlMs ?? DEFAULT_CLAIM_TTL_MS;
    this.#keys = redisKeys(checkQueueName(options.queue));
    this.#mine = this.#keys.processing(options.consumerId);
    this.#main = redisLink(options);
    this.#exclusive = redisLink(options);
    this.#publishing = publishingLink(options);
    this.#keeper = new Keeper(options.clock, this.#ttlMs / 4, (signal) => this.touch(signal));
  }

  publish(count: number, options: PublishOptions): Promise<number> {
    const { clock, newId } = this.#options;
    const put = (ids: readonly number[]): RedisCommand[] => [
      ['LPUSH', this.#keys.queue, ...ids.map((id) => encodeItem(id, options.payload ?? String(id)))],
    ];
    return publishToRedis(count, options, { link: this.#publishing, clock, newId, keys: this.#keys, put });
  }

  claim(waitMs: number, signal: AbortSignal): Promise<ClaimedItem | undefined> {
    return this.#claimTurn(() => this.#claim(waitMs, signal));
  }

  async #claim(waitMs: number, signal: AbortSignal): Promise<ClaimedItem | undefined> {
    const deadline = this.#options.clock.monotonic() + waitMs;
    this.#keeper.start();
    try {
      while (!signal.aborted) {
        const raw = await this.#take(deadline, signal);
        if (raw === undefined) return undefined;
        const held = await this.#prepare(raw, signal);
        if (held !== undefined) return this.#claimed(held);
      }
    } catch (error) {
      // What was taken in this moment lies in the own list: the next claim finds it, close() returns it.
      if (!signal.aborted) throw error;
    }
    return undefined;
  }

  recover(): Promise<number> {
    const { clock, consumerId } = this.#options;
    // After an outage everybody's sign of life has run out: let the others come back first.
    const { reconnectedAt } = this.#main;
    if (reconnectedAt !== undefined && clock.monotonic() - reconnectedAt < this.#ttlMs) return Promise.resolve(0);
    return this.#main.run((redis) => recoverLists(redis, this.#keys, consumerId, clock.now()));
  }

  ledger(): Promise<Ledger> {
    return this.#main.run((redis) => countLists(redis, this.#keys));
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    const { clock, consumerId } = this.#options;
    this.#exclusive.close();
    if (await this.#keeper.stop())
      await within(clock, CLOSE_WITHIN_MS, async (signal) => {
        await this.#main.run(async (redis) => {
          while ((await redis.call(['LMOVE', this.#mine, this.#keys.queue, 'LEFT', 'RIGHT'])) !== null);
          await redis.call(['DEL', this.#keys.alive(consumerId)]);
        }, signal);
      });
    this.#main.close();
    this.#publishing.close();
  }

  /** Shows that this consumer lives. */
  async touch(signal?: AbortSignal): Promise<void> {
    await this.#main.run((redis) => redis.pipeline(this.#signsOfLife()), signal);
    this.#seenAt = this.#options.clock.monotonic();
  }

  /** Whether the last sign of life is so fresh that the next one may come when the keeper sends it. */
  #isSeen(): boolean {
    return this.#seenAt !== undefined && this.#options.clock.monotonic() - this.#seenAt < this.#ttlMs / 2;
  }

  #signsOfLife(): RedisCommand[] {
    const { clock, consumerId } = this.#options;
    return [
      ['ZADD', this.#keys.consumers, clock.now(), consumerId],
      ['SET', this.#keys.alive(consumerId), '1', 'PX', this.#ttlMs],
    ];
  }

  /** Takes one item into the own list; undefined when none came until the deadline (monotonic ms). */
  async #take(deadline: number, signal: AbortSignal): Promise<string | undefined> {
    for (;;) {
      // Left there by a lost connection, or by a former life under the same name.
      const leftover = await this.#main.run(async (redis) => {
        // Every write costs the server an fsync; before the first one nobody would look into the own list.
        if (!this.#isSeen()) await this.touch(signal);
        return toTexts(await redis.call(['LRANGE', this.#mine, 0, -1])).find((raw) => !this.#held.has(raw));
      }, signal);
      if (leftover !== undefined) return leftover;
      const waitMs = Math.max(1, deadline - this.#options.clock.monotonic());
      const move = ['BLMOVE', this.#keys.queue, this.#mine, 'RIGHT', 'LEFT', (waitMs / 1000).toFixed(3)];
      const answer = await this.#alone(async (redis, again) => {
        if (again) return { lost: true }; // the item may be in the own list: look there
        const raw = await redis.call(move, { timeoutMs: waitMs + COMMAND_TIMEOUT_MS, signal });
        return { lost: false, raw: typeof raw === 'string' ? raw : undefined };
      }, signal);
      if (!answer.lost) return answer.raw;
    }
  }

  /** Counts the delivery; undefined when the item turned out to be one too often delivered, or somebody else's. */
  async #prepare(raw: string, signal: AbortSignal): Promise<Held | undefined> {
    const item = decodeItem(raw);
    if (item === undefined || typeof item.id !== 'number') {
      await this.#adopt(raw);
      return undefined;
    }
    const { id, payload } = item;
    const attempt = await this.#main.run(
      async (redis) => toNumber(await redis.call(['HINCRBY', this.#keys.attempts, id, 1])),
      signal,
    );
    const held = { raw, id, payload, attempt };
    if (attempt <= this.#options.maxAttempts) return held;
    await this.#bury(held, `it was given out ${attempt - 1} times and never finished`);
    return undefined;
  }

  #claimed(held: Held): ClaimedItem {
    this.#held.add(held.raw);
    // Whatever the end, even a failed one: if it is still in the own list, the next claim must find it.
    const end = <T>(work: Promise<T>) => work.finally(() => this.#held.delete(held.raw));
    return {
      id: String(held.id),
      payload: held.payload,
      attempt: held.attempt,
      ack: () => end(this.#ack(held)),
      fail: (reason) => end(this.#fail(held, reason)),
      release: () => end(this.#release(held)),
      touch: () => this.touch(),
    };
  }

  async #ack({ raw, id }: Held): Promise<void> {
    const { done, acks, attempts, queue, dead } = this.#keys;
    await this.#main.run(async (redis, again) => {
      if (again && (await this.#wasAcked(redis, raw, id))) return;
      const replies = await redis.multi([
        ['LREM', this.#mine, 1, raw],
        ['SETBIT', done, id, 1],
        ['INCR', acks],
        ['HDEL', attempts, id],
      ]);
      if (toNumber(replies?.[0]) === 1) return;
      // Taken from us as if we were dead, but the work is done: nobody needs to do it again.
      await redis.pipeline([
        ['LREM', queue, -1, raw],
        ['LREM', dead, 1, raw],
      ]);
    });
  }

  /** Whether the acknowledgement took effect before the connection was lost. */
  async #wasAcked(redis: RedisConnection, raw: string, id: number): Promise<boolean> {
    const [mine, bit] = await redis.pipeline([
      ['LRANGE', this.#mine, 0, -1],
      ['GETBIT', this.#keys.done, id],
    ]);
    return bit === 1 && !toTexts(mine).includes(raw);
  }

  async #fail(held: Held, reason: string): Promise<'requeued' | 'dead'> {
    if (held.attempt >= this.#options.maxAttempts) {
      await this.#bury(held, reason);
      return 'dead';
    }
    await this.#ifMine(held.raw, [['LPUSH', this.#keys.queue, held.raw]]); // behind all the others
    return 'requeued';
  }

  async #release({ raw, id }: Held): Promise<void> {
    await this.#ifMine(raw, [
      ['RPUSH', this.#keys.queue, raw],
      ['HINCRBY', this.#keys.attempts, id, -1],
    ]);
  }

  async #bury({ raw, id }: Held, reason: string): Promise<void> {
    await this.#ifMine(raw, [
      ['LPUSH', this.#keys.dead, raw],
      ['HSET', this.#keys.reasons, id, toBytes(reason)],
      ['HDEL', this.#keys.attempts, id],
    ]);
  }

  /** Somebody pushed it with redis-cli or another program: from now on it is an item with an id, and counted. */
  async #adopt(raw: string): Promise<void> {
    const { seq, published } = this.#keys;
    const id = await this.#main.run(async (redis) => toNumber(await redis.call(['INCR', seq])));
    await this.#ifMine(raw, [
      ['LPUSH', this.#mine, encodeItem(id, fromBytes(raw))],
      ['INCR', published],
    ]);
  }

  /** Takes an item out of the own list and does `commands`, in one transaction; nothing when it is not there any more. */
  async #ifMine(raw: string, commands: readonly RedisCommand[]): Promise<void> {
    await this.#alone(async (redis) => {
      for (;;) {
        const [, mine] = await redis.pipeline([
          ['WATCH', this.#mine],
          ['LRANGE', this.#mine, 0, -1],
        ]);
        if (!toTexts(mine).includes(raw)) return await redis.call(['UNWATCH']);
        const done = await redis.multi([['LREM', this.#mine, 1, raw], ...commands]);
        if (done !== undefined) return done; // else the list changed in between
      }
    });
  }

  #alone<T>(job: (redis: RedisConnection, again: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#exclusiveTurn(() => this.#exclusive.run(job, signal));
  }
}
