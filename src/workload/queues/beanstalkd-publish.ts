import type { PublishOptions } from '../../contracts/queue.ts';
import type { Link } from '../../sources/link.ts';
import type { NumberedConnection } from './beanstalkd-links.ts';
import { decodeJob, putCommand } from './beanstalkd-jobs.ts';
import type { ItemLedger } from './item-ledger.ts';
import { publishedLine } from './ledger-tally.ts';
import type { QueueOptions } from './options.ts';
import { publishBatches } from './publish-batches.ts';

/** Peeks in one write. */
const PEEKS = 1_000;

export interface BeanstalkPublishing {
  readonly link: Link<NumberedConnection>;
  readonly ledger: ItemLedger;
  readonly options: QueueOptions;
  readonly ttrSeconds: number;
  readonly source: string;
  /** Number of the first item of this publish. */
  readonly first: number;
}

/**
 * Publishes `count` items. beanstalkd has no transactions: when the connection is lost under a batch, the jobs that were put
 * meanwhile (known by their ids) are looked at, and only the items that are not among them are put again. Should the server
 * carry out a command of the lost connection later than that, an item has two jobs; the second one is then deleted unworked.
 */
export async function publishToTube(
  count: number,
  publish: PublishOptions,
  ports: BeanstalkPublishing,
): Promise<number> {
  publish.signal.throwIfAborted();
  const { link, ledger, options, ttrSeconds, source, first } = ports;
  return await publishBatches(count, publish, options.clock, async ({ from, size }, signal) => {
    let missing = Array.from({ length: size }, (_, index) => first + from + index);
    let after: number | undefined;
    await link.run(async (connection, again) => {
      if (again && after !== undefined) {
        const there = await findItems(connection, after, source);
        const nowhere = missing.filter((n) => !there.has(n));
        const acked = await Promise.all(nowhere.map((n) => ledger.isAcked({ source, n })));
        missing = nowhere.filter((_, index) => acked[index] !== true);
      }
      after ??= connection.lastId;
      const commands = missing.map((n) => putCommand({ source, n }, publish.payload ?? String(n + 1), ttrSeconds));
      const replies = await connection.beanstalk.pipeline(commands, ['INSERTED']);
      connection.lastId = Math.max(connection.lastId, ...replies.map(({ words }) => Number(words[1])));
    }, signal);
    await ledger.note(publishedLine(source, first + from, size));
  });
}

/** Which items of the source are in jobs that are newer than `after` and older than this connection. */
async function findItems(connection: NumberedConnection, after: number, source: string): Promise<Set<number>> {
  const found = new Set<number>();
  for (let from = after + 1; from < connection.fence; from += PEEKS) {
    const size = Math.min(PEEKS, connection.fence - from);
    const peeks = Array.from({ length: size }, (_, index) => `peek ${from + index}`);
    for (const { body } of await connection.beanstalk.pipeline(peeks, ['FOUND', 'NOT_FOUND'])) {
      const item = body === undefined ? undefined : decodeJob(body)?.item;
      if (item?.source === source) found.add(item.n);
    }
  }
  return found;
}
