import type { ClaimedItem, Ledger, PublishOptions, QueueDriver } from '../../contracts/queue.ts';
import { GROUP } from '../../sources/lab-redis-layout.ts';
import type { Link } from '../../sources/link.ts';
import {
  COMMAND_TIMEOUT_MS,
  type RedisCommand,
  type RedisConnection,
  toList,
  toNumber,
} from '../../sources/redis-connection.ts';
import { RespError } from '../../sources/resp.ts';
import { inTurn } from './in-turn.ts';
import { Keeper, within } from './keeper.ts';
import { checkQueueName, DEFAULT_CLAIM_TTL_MS, type QueueOptions } from './options.ts';
import { type RedisKeys, redisKeys } from './redis-keys.ts';
import { publishingLink, redisLink } from './redis-links.ts';
import { publishToRedis } from './redis-publish.ts';
import { countStream, ensureGroup } from './redis-stream-group.ts';
import { addEntry, type PendingEntry, parseEntry, parsePending, type StreamEntry } from './stream-entry.ts';

const CLOSE_WITHIN_MS = 2_000;
/** Entries that one step of a recovery takes over. */
const RECOVER_BATCH = 50;

/** An entry that is pending for this consumer, with an item of ours in it. */
interface Held extends StreamEntry {
  readonly item: number;
  readonly attempt: number;
}

/**
 * A queue on a Redis stream with the consumer group `workers`. An item that comes back (failed, returned, recovered) is
 * acknowledged and added again in one transaction, so that whoever waits gets it at once; its tries travel along.
 */
export class RedisStreamQueue implements QueueDriver {
  readonly #options: QueueOptions;
  readonly #ttlMs: number;
  readonly #keys: RedisKeys;
  readonly #main: Link<RedisConnection>;
  /** XREADGROUP blocks its connection. */
  readonly #blocking: Link<RedisConnection>;
  readonly #publishing: ReturnType<typeof publishingLink>;
  readonly #claimTurn: ReturnType<typeof inTurn> = inTurn();
  readonly #held: Set<string> = new Set();
  readonly #keeper: Keeper;
  #closing: Promise<void> | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#ttlMs = options.claimTtlMs ?? DEFAULT_CLAIM_TTL_MS;
    this.#keys = redisKeys(checkQueueName(options.queue));
    const prepare = (redis: RedisConnection) => ensureGroup(redis, this.#keys.queue);
    this.#main = redisLink(options, prepare);
    this.#blocking = redisLink(options, prepare);
    this.#publishing = publishingLink(options);
    this.#keeper = new Keeper(options.clock, this.#ttlMs / 4, async (signal) => {
      for (const entry of this.#held) await this.#touch(entry, signal);
    });
  }

  publish(count: number, options: PublishOptions): Promise<number> {
    const { clock, newId } = this.#options;
    const { keys, link } = { keys: this.#keys, link: this.#publishing };
    const put = (ids: readonly number[]) => ids.map((id) => addEntry(keys.queue, id, options.payload ?? String(id), 0));
    return publishToRedis(count, options, { link, clock, newId, keys, put });
  }

  claim(waitMs: number, signal: AbortSignal): Promise<ClaimedItem | undefined> {
    return this.#claimTurn(() => this.#claim(waitMs, signal));
  }

  async recover(): Promise<number> {
    const { clock, consumerId } = this.#options;
    // After an outage every entry has been idle for long: let the others come back and touch theirs first.
    const { reconnectedAt } = this.#main;
    const tooEarly = reconnectedAt !== undefined && clock.monotonic() - reconnectedAt < this.#ttlMs;
    if (tooEarly) return 0;
    let recovered = 0;
    for (let cursor = '0-0'; ; ) {
      // Of two that recover at once each entry goes to one: taking it over makes it fresh.
      const take = ['XAUTOCLAIM', this.#keys.queue, GROUP, consumerId, this.#ttlMs, cursor, 'COUNT', RECOVER_BATCH];
      const [next, rows] = toList(await this.#main.run((redis) => redis.call(take)));
      for (const row of toList(rows)) if (await this.#comeBack(parseEntry(row))) recovered += 1;
      if (typeof next !== 'string' || next === '0-0') return recovered;
      cursor = next;
    }
  }

  ledger(): Promise<Ledger> {
    return this.#main.run((redis) => countStream(redis, this.#keys));
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    this.#blocking.close();
    if (await this.#keeper.stop())
      await within(this.#options.clock, CLOSE_WITHIN_MS, async (signal) => {
        for (const { entry } of await this.#pending('-', '+', 10, signal)) {
          const claimed = await this.#takeOver(entry, signal);
          if (claimed !== undefined) await this.#putBack(claimed, claimed.attempt - 1);
        }
      });
    this.#main.close();
    this.#publishing.close();
  }

  async #claim(waitMs: number, signal: AbortSignal): Promise<ClaimedItem | undefined> {
    const deadline = this.#options.clock.monotonic() + waitMs;
    this.#keeper.start();
    try {
      while (!signal.aborted) {
        const taken = await this.#take(deadline, signal);
        if (taken === undefined) return undefined;
        if (taken.attempt > 1 && (await this.#isDone(taken))) await this.#replace(taken.entry, []);
        else if (taken.attempt <= this.#options.maxAttempts) return this.#claimed(taken);
        else await this.#bury(taken, `it was given out ${taken.attempt - 1} times and never finished`);
      }
    } catch (error) {
      // What was delivered in this moment is pending for us: the next claim finds it, close() returns it.
      if (!signal.aborted) throw error;
    }
    return undefined;
  }

  /** Whether a former holder has finished it after all; what it acknowledged was the entry that this one replaced. */
  async #isDone({ item }: Held): Promise<boolean> {
    return (await this.#main.run((redis) => redis.call(['GETBIT', this.#keys.done, item]))) === 1;
  }

  async #take(deadline: number, signal: AbortSignal): Promise<Held | undefined> {
    for (;;) {
      // Pending from before a lost connection, or from a former life under the same name.
      const leftover = (await this.#pending('-', '+', 10, signal)).find(({ entry }) => !this.#held.has(entry));
      if (leftover !== undefined) {
        const held = await this.#takeOver(leftover.entry, signal);
        if (held !== undefined) return held;
        continue;
      }
      const answer = await this.#read(Math.max(1, Math.ceil(deadline - this.#options.clock.monotonic())), signal);
      if (answer === 'look-again') continue;
      if (answer === undefined || answer.item !== undefined) return asHeld(answer, 1);
      await this.#adopt(answer);
    }
  }

  async #read(waitMs: number, signal: AbortSignal): Promise<StreamEntry | undefined | 'look-again'> {
    const who = ['GROUP', GROUP, this.#options.consumerId];
    const command = ['XREADGROUP', ...who, 'COUNT', 1, 'BLOCK', waitMs, 'STREAMS', this.#keys.queue, '>'];
    return await this.#blocking.run(async (redis, again) => {
      if (again) return 'look-again'; // it may have been delivered
      const reply = await redis.ask(command, { timeoutMs: waitMs + COMMAND_TIMEOUT_MS, signal });
      if (reply instanceof RespError) {
        // Somebody deleted the stream (FLUSHALL): the group must be made again. Other errors come again and are raised.
        await ensureGroup(redis, this.#keys.queue);
        await redis.call(['XLEN', this.#keys.queue]);
        return 'look-again';
      }
      const [stream] = toList(reply);
      const [, rows] = toList(stream);
      return parseEntry(toList(rows)[0]);
    }, signal);
  }

  #claimed(held: Held): ClaimedItem {
    this.#held.add(held.entry);
    const end = <T>(work: Promise<T>) => work.finally(() => this.#held.delete(held.entry));
    return {
      id: String(held.item),
      payload: held.payload,
      attempt: held.attempt,
      ack: () => end(this.#ack(held)),
      fail: (reason) => end(this.#fail(held, reason)),
      release: () => end(this.#putBack(held, held.attempt - 1)),
      touch: () => this.#touch(held.entry),
    };
  }

  async #ack({ entry, item }: Held): Promise<void> {
    const { queue, done, acks } = this.#keys;
    await this.#main.run(async (redis, again) => {
      // Whether it took effect before the connection was lost.
      if (again && (await redis.call(['GETBIT', done, item])) === 1) {
        const [pending] = parsePending(await redis.call(['XPENDING', queue, GROUP, entry, entry, 1]));
        if (pending === undefined) return;
      }
      // XACK counts whoever it is pending for now: the work is done, nobody needs to do it again.
      await redis.multi([
        ['XACK', queue, GROUP, entry],
        ['XDEL', queue, entry],
        ['SETBIT', done, item, 1],
        ['INCR', acks],
      ]);
    });
  }

  async #fail(held: Held, reason: string): Promise<'requeued' | 'dead'> {
    if (held.attempt >= this.#options.maxAttempts) {
      await this.#bury(held, reason);
      return 'dead';
    }
    await this.#putBack(held, held.attempt);
    return 'requeued';
  }

  #putBack({ entry, item, payload }: Held, tries: number): Promise<void> {
    return this.#replace(entry, [addEntry(this.#keys.queue, item, payload, tries)]);
  }

  #bury({ entry, item, payload, attempt }: Held, reason: string): Promise<void> {
    return this.#replace(entry, [addEntry(this.#keys.dead, item, payload, attempt, reason)]);
  }

  /** From now on an item with a number, and counted. */
  async #adopt({ entry, payload }: StreamEntry): Promise<void> {
    const { queue, seq, published } = this.#keys;
    const item = await this.#main.run(async (redis) => toNumber(await redis.call(['INCR', seq])));
    await this.#replace(entry, [addEntry(queue, item, payload, 0), ['INCR', published]]);
  }

  /** An entry that was taken over from a dead consumer: back to all. False when there was nothing to bring back. */
  async #comeBack(entry: StreamEntry | undefined): Promise<boolean> {
    if (entry === undefined || this.#held.has(entry.entry)) return false;
    const [pending] = await this.#pending(entry.entry, entry.entry, 1);
    if (pending === undefined) return false;
    const held = asHeld(entry, pending.deliveries - 1); // without the delivery to us
    if (held === undefined) await this.#adopt(entry);
    else if (held.attempt < this.#options.maxAttempts) await this.#putBack(held, held.attempt);
    else await this.#bury(held, `it was given out ${held.attempt} times and never finished`);
    return true;
  }

  /** Delivers a pending entry of this consumer once more; undefined when there is no item in it. */
  async #takeOver(entry: string, signal?: AbortSignal): Promise<Held | undefined> {
    const { queue } = this.#keys;
    const [row] = toList(
      await this.#main.run((redis) => redis.call(['XCLAIM', queue, GROUP, this.#options.consumerId, 0, entry]), signal),
    );
    const parsed = parseEntry(row);
    // Deleted by somebody: nothing is left but its place among the pending (before Redis 7).
    if (parsed === undefined) await this.#main.run((redis) => redis.call(['XACK', queue, GROUP, entry]), signal);
    const [pending] = await this.#pending(entry, entry, 1, signal);
    if (parsed !== undefined && parsed.item === undefined) await this.#adopt(parsed);
    return pending === undefined ? undefined : asHeld(parsed, pending.deliveries);
  }

  /** What is pending for this consumer. */
  #pending(from: string, to: string, count: number, signal?: AbortSignal): Promise<PendingEntry[]> {
    const command = ['XPENDING', this.#keys.queue, GROUP, from, to, count, this.#options.consumerId];
    return this.#main.run(async (redis) => parsePending(await redis.call(command)), signal);
  }

  /**
   * Takes an entry out of the stream and does `commands`, in one transaction; nothing when it is not ours any more.
   * Between the look and the transaction nobody can take it: an entry that has been idle for long is made fresh first.
   */
  async #replace(entry: string, commands: readonly RedisCommand[]): Promise<void> {
    const [pending] = await this.#pending(entry, entry, 1);
    if (pending === undefined) return;
    if (pending.idleMs > this.#ttlMs / 2) await this.#touch(entry);
    await this.#main.run(async (redis, again) => {
      const { queue } = this.#keys;
      if (again && (await this.#pending(entry, entry, 1)).length === 0) return;
      await redis.multi([['XACK', queue, GROUP, entry], ['XDEL', queue, entry], ...commands]);
    });
  }

  /** Makes a pending entry of this consumer fresh, so that nobody takes it for abandoned. */
  async #touch(entry: string, signal?: AbortSignal): Promise<void> {
    if ((await this.#pending(entry, entry, 1, signal)).length === 0) return;
    const { queue } = this.#keys;
    const command = ['XCLAIM', queue, GROUP, this.#options.consumerId, 0, entry, 'JUSTID'];
    await this.#main.run((redis) => redis.call(command), signal);
  }
}

function asHeld(entry: StreamEntry | undefined, deliveries: number): Held | undefined {
  if (entry?.item === undefined) return undefined;
  return { ...entry, item: entry.item, attempt: entry.tries + deliveries };
}
