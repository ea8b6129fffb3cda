import { type BeanstalkConnection, parseStats, statOf } from '../../sources/beanstalk-connection.ts';
import { decodeItem, encodeItem } from './item-codec.ts';
import { type ItemRef, itemId, parseItemId } from './ledger-tally.ts';

/**
 * Priority of a fresh item. Above it the failed tries are added: so they are remembered by the server (also over a restart
 * with a binlog), and a failed item waits behind the fresh ones. Above 1024 beanstalkd does not call a job urgent.
 */
export const FRESH_PRIORITY = 65_536;

/** An item in a job's body; undefined when somebody else put the job there. */
export function decodeJob(body: string): { readonly item: ItemRef; readonly payload: string } | undefined {
  const decoded = decodeItem(body);
  const item = typeof decoded?.id === 'string' ? parseItemId(decoded.id) : undefined;
  return item === undefined || decoded === undefined ? undefined : { item, payload: decoded.payload };
}

/** The put command with its body. */
export function putCommand(item: ItemRef, payload: string, ttrSeconds: number): string {
  const body = encodeItem(itemId(item), payload);
  return `put ${FRESH_PRIORITY} 0 ${ttrSeconds} ${body.length}\r\n${body}`;
}

/** What stats-job says of a reserved job, as far as tries are concerned. */
export interface JobHistory {
  /** 1 for the first delivery; neither a return unharmed nor a restart of the server counts. */
  readonly attempt: number;
  /** Priority with which the job goes back after a failed try. */
  readonly failedPriority: number;
  /** Priority for burying: whoever kicks the job gives it a full set of tries. */
  readonly buriedPriority: number;
  readonly priority: number;
}

/**
 * Deliveries that ended in nothing (consumer killed, time to run over) are those that neither release nor bury ended; a
 * failed try is a release that raised the priority by one.
 */
export function historyOf(stats: ReadonlyMap<string, string>): JobHistory {
  const priority = statOf(stats, 'pri');
  const open = Math.max(1, statOf(stats, 'reserves') - statOf(stats, 'releases') - statOf(stats, 'buries'));
  return {
    attempt: Math.max(1, priority - FRESH_PRIORITY + open),
    failedPriority: priority + 1,
    buriedPriority: Math.max(0, FRESH_PRIORITY + 1 - open),
    priority,
  };
}

/** The history of a job; undefined when it is not there any more. */
export async function readHistory(connection: BeanstalkConnection, job: string): Promise<JobHistory | undefined> {
  const { words, body } = await connection.call(`stats-job ${job}`, ['OK', 'NOT_FOUND']);
  return words[0] === 'OK' ? historyOf(parseStats(body)) : undefined;
}

/** Items in a tube by state; zeros for a tube that does not exist (beanstalkd forgets empty ones). */
export async function countTube(
  connection: BeanstalkConnection,
  tube: string,
): Promise<{ readonly waiting: number; readonly inFlight: number; readonly dead: number }> {
  const { body } = await connection.call(`stats-tube ${tube}`, ['OK', 'NOT_FOUND']);
  const stats = parseStats(body);
  return {
    waiting: statOf(stats, 'current-jobs-ready') + statOf(stats, 'current-jobs-delayed'),
    inFlight: statOf(stats, 'current-jobs-reserved'),
    dead: statOf(stats, 'current-jobs-buried'),
  };
}
