import type { ClaimedItem, Ledger, PublishOptions, QueueDriver } from '../../contracts/queue.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { BeanstalkConnection, BeanstalkReply } from '../../sources/beanstalk-connection.ts';
import { COMMAND_TIMEOUT_MS } from '../../sources/beanstalk-connection.ts';
import type { Link } from '../../sources/link.ts';
import { balance } from './balance.ts';
import { countTube, decodeJob, type JobHistory, putCommand, readHistory } from './beanstalkd-jobs.ts';
import { beanstalkLink, type NumberedConnection, numberedLink } from './beanstalkd-links.ts';
import { publishToTube } from './beanstalkd-publish.ts';
import { Keeper, within } from './keeper.ts';
import { fileLedger, type ItemLedger } from './item-ledger.ts';
import { ackedLine, deadLine, type ItemRef, itemId, publishedLine } from './ledger-tally.ts';
import { checkQueueName, DEFAULT_CLAIM_TTL_MS, type QueueOptions } from './options.ts';

const CLOSE_WITHIN_MS = 2_000;
/** reserve-with-timeout counts whole seconds; what is left of a wait below that is spent asking again. */
const ASK_AGAIN_MS = 50;
/** Items adopted from other programs are numbered by their job. */
const ADOPTED = 'job';

type Lane = Link<BeanstalkConnection>;

/** A job that is reserved on `connection`. When that is lost, the server has given the job back already. */
interface Held extends JobHistory {
  readonly lane: Lane;
  readonly connection: BeanstalkConnection;
  readonly job: string;
  readonly item: ItemRef;
  readonly payload: string;
}

/**
 * A queue on a beanstalkd tube (1.12 or later). A claim is a reservation: the server takes it back when the connection of
 * its consumer ends (whoever is killed loses it at once), or when nobody touched it for the time to run. The latter is not
 * certain: beanstalkd 1.12 at times forgets to look at a connection that stays open and silent (beanstalkd#262, #334).
 * Dead items are buried in the tube. beanstalkd forgets deleted jobs, so what was published and processed is written to a ledger file (option `ledgerFile`), always before the
 * job is deleted: whoever gets a job whose item is already done deletes it unworked.
 */
export class BeanstalkdQueue implements QueueDriver {
  readonly #options: QueueOptions;
  readonly #ttrSeconds: number;
  readonly #ledger: ItemLedger;
  readonly #source: string;
  #nextItem = 0;
  readonly #main: Lane;
  readonly #publishing: Link<NumberedConnection>;
  /** A reservation belongs to a connection, and waiting for one blocks it: each claim has a lane for itself. */
  readonly #idle: Lane[] = [];
  readonly #lanes: Set<Lane> = new Set();
  readonly #held: Set<Held> = new Set();
  readonly #keeper: Keeper;
  #closing: Promise<void> | undefined;

  /** Raises ML-QUEUE-NAME, ML-QUEUE-URL, ML-QUEUE-NO-LEDGER. */
  constructor(options: QueueOptions) {
    checkQueueName(options.queue);
    const { ledgerFile, ledger = ledgerFile === undefined ? undefined : fileLedger(options.files, ledgerFile) } =
      options;
    if (ledger === undefined) throw new LabError('ML-QUEUE-NO-LEDGER', { name: options.queue });
    const ttlMs = options.claimTtlMs ?? DEFAULT_CLAIM_TTL_MS;
    this.#options = options;
    this.#ttrSeconds = Math.max(1, Math.ceil(ttlMs / 1000));
    this.#ledger = ledger;
    this.#source = options.newId();
    this.#main = beanstalkLink(options);
    this.#publishing = numberedLink(options);
    this.#keeper = new Keeper(options.clock, ttlMs / 4, async (signal) => {
      for (const held of this.#held) await this.#touch(held, signal);
    });
  }

  publish(count: number, publish: PublishOptions): Promise<number> {
    const first = this.#nextItem;
    this.#nextItem += count;
    return publishToTube(count, publish, {
      link: this.#publishing,
      ledger: this.#ledger,
      options: this.#options,
      ttrSeconds: this.#ttrSeconds,
      source: this.#source,
      first,
    });
  }

  async claim(waitMs: number, signal: AbortSignal): Promise<ClaimedItem | undefined> {
    const deadline = this.#options.clock.monotonic() + waitMs;
    this.#keeper.start();
    const lane = this.#idle.pop() ?? this.#newLane();
    let held: Held | undefined;
    try {
      held = await lane.run((connection) => this.#reserve(lane, connection, deadline, signal), signal);
    } catch (error) {
      // A job that came in this moment goes back: the connection is gone.
      if (!signal.aborted) throw error;
    } finally {
      if (held === undefined) this.#idle.push(lane);
    }
    return held === undefined ? undefined : this.#claimed(held);
  }

  /** The server itself returns the jobs of lost connections; here it is only asked whether it is there. */
  async recover(): Promise<number> {
    await this.#main.run((connection) => connection.call('list-tube-used', ['USING']));
    return 0;
  }

  /**
   * An item that is published, worked on and noted between two looks must not seem lost: what was published is read before
   * the tube is counted, what was processed after it.
   */
  async ledger(): Promise<Ledger> {
    const { published } = await this.#ledger.counts();
    const tube = await this.#main.run((connection) => countTube(connection, this.#options.queue));
    const { processed, acks } = await this.#ledger.counts();
    return balance({ ...tube, published: Math.max(published, processed), processed, acks });
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    await this.#keeper.stop();
    if (this.#held.size > 0)
      await within(this.#options.clock, CLOSE_WITHIN_MS, async (signal) => {
        for (const held of this.#held) await this.#release(held, signal);
      });
    for (const lane of this.#lanes) lane.close();
    this.#main.close();
    this.#publishing.close();
  }

  #newLane(): Lane {
    const lane = beanstalkLink(this.#options);
    this.#lanes.add(lane);
    return lane;
  }

  /** Reserves the next job with work in it; undefined when none came until the deadline (monotonic ms). */
  async #reserve(
    lane: Lane,
    connection: BeanstalkConnection,
    deadline: number,
    signal: AbortSignal,
  ): Promise<Held | undefined> {
    for (;;) {
      const reply = await this.#next(connection, deadline, signal);
      if (reply === undefined) return undefined;
      const { words, body = '' } = reply;
      const job = words[1] ?? '';
      const history = await readHistory(connection, job);
      if (history === undefined) continue; // the time to run was over at once
      const decoded = decodeJob(body);
      if (decoded === undefined) {
        await this.#adopt(connection, job, body);
        continue;
      }
      const held: Held = { ...history, ...decoded, lane, connection, job };
      if (await this.#ledger.isAcked(held.item)) await connection.call(`delete ${job}`, ['DELETED', 'NOT_FOUND']);
      else if (held.attempt <= this.#options.maxAttempts) return held;
      else await this.#bury(held, `it was given out ${held.attempt - 1} times and never finished`);
    }
  }

  async #next(
    connection: BeanstalkConnection,
    deadline: number,
    signal: AbortSignal,
  ): Promise<BeanstalkReply | undefined> {
    const { clock } = this.#options;
    for (;;) {
      const seconds = Math.max(0, Math.floor((deadline - clock.monotonic()) / 1000));
      const answers = ['RESERVED', 'TIMED_OUT', 'DEADLINE_SOON'];
      const options = { timeoutMs: seconds * 1000 + COMMAND_TIMEOUT_MS, signal };
      const reply = await connection.call(`reserve-with-timeout ${seconds}`, answers, options);
      if (reply.words[0] === 'RESERVED') return reply;
      const left = deadline - clock.monotonic();
      if (left <= 0) return undefined;
      if (seconds === 0) await clock.sleep(Math.min(left, ASK_AGAIN_MS), signal);
    }
  }

  #claimed(held: Held): ClaimedItem {
    this.#held.add(held);
    const end = <T>(work: Promise<T>) =>
      work.finally(() => {
        if (this.#held.delete(held)) this.#idle.push(held.lane);
      });
    return {
      id: itemId(held.item),
      payload: held.payload,
      attempt: held.attempt,
      ack: () => end(this.#ack(held)),
      fail: (reason) => end(this.#fail(held, reason)),
      release: () => end(this.#release(held)),
      touch: () => this.#touch(held),
    };
  }

  async #ack(held: Held): Promise<void> {
    const { lane, connection: own, job, item } = held;
    await this.#ledger.note(ackedLine(item));
    await lane.run(async (connection) => {
      if (connection !== own) {
        // Back in the tube, or with somebody else, who will find the item done. Job ids may start anew with the server.
        const { body } = await connection.call(`peek ${job}`, ['FOUND', 'NOT_FOUND']);
        const there = body === undefined ? undefined : decodeJob(body)?.item;
        if (there === undefined || itemId(there) !== itemId(item)) return;
      }
      await connection.call(`delete ${job}`, ['DELETED', 'NOT_FOUND']);
    });
  }

  async #fail(held: Held, reason: string): Promise<'requeued' | 'dead'> {
    if (held.attempt >= this.#options.maxAttempts) {
      await this.#bury(held, reason);
      return 'dead';
    }
    await this.#ifReserved(held, `release ${held.job} ${held.failedPriority} 0`, ['RELEASED', 'BURIED', 'NOT_FOUND']);
    return 'requeued';
  }

  #release(held: Held, signal?: AbortSignal): Promise<void> {
    const expected = ['RELEASED', 'BURIED', 'NOT_FOUND'];
    return this.#ifReserved(held, `release ${held.job} ${held.priority} 0`, expected, signal);
  }

  async #bury(held: Held, reason: string): Promise<void> {
    await this.#ifReserved(held, `bury ${held.job} ${held.buriedPriority}`, ['BURIED', 'NOT_FOUND']);
    await this.#ledger.note(deadLine(held.item, reason));
  }

  #touch(held: Held, signal?: AbortSignal): Promise<void> {
    return this.#ifReserved(held, `touch ${held.job}`, ['TOUCHED', 'NOT_FOUND'], signal);
  }

  /** Sends the command on the connection that holds the reservation; with that one gone there is nothing left to do. */
  async #ifReserved(
    { lane, connection: own }: Held,
    command: string,
    expected: readonly string[],
    signal?: AbortSignal,
  ): Promise<void> {
    await lane.run(async (connection) => {
      if (connection === own) await connection.call(command, expected);
    }, signal);
  }

  /** Somebody put it with another program: from now on an item with an id, and counted. */
  async #adopt(connection: BeanstalkConnection, job: string, body: string): Promise<void> {
    const item = { source: ADOPTED, n: Number(job) };
    await connection.call(putCommand(item, Buffer.from(body, 'latin1').toString('utf8'), this.#ttrSeconds), [
      'INSERTED',
    ]);
    await this.#ledger.note(publishedLine(item.source, item.n, 1));
    await connection.call(`delete ${job}`, ['DELETED', 'NOT_FOUND']);
  }
}
