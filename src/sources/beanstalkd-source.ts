import { type BeanstalkConnection, parseStats, statOf } from './beanstalk-connection.ts';
import type { TubeConfig, TubeValue } from './kinds/beanstalkd.ts';

/** What of `stats-tube` is added up for a value. Delayed jobs are no backlog: nobody can work on them yet. */
const FIELDS: Readonly<Record<TubeValue, readonly string[]>> = {
  backlog: ['current-jobs-ready', 'current-jobs-reserved'],
  ready: ['current-jobs-ready'],
  urgent: ['current-jobs-urgent'],
  delayed: ['current-jobs-delayed'],
  reserved: ['current-jobs-reserved'],
  buried: ['current-jobs-buried'],
  using: ['current-using'],
  watching: ['current-watching'],
  waiting: ['current-waiting'],
};

/** The count that the configuration asks for; 0 for a tube that does not exist (beanstalkd forgets empty ones). Raises ML-QUEUE-*. */
export async function countInTube(beanstalk: BeanstalkConnection, { tube, value }: TubeConfig): Promise<number> {
  const { body } = await beanstalk.call(`stats-tube ${tube}`, ['OK', 'NOT_FOUND']);
  const stats = parseStats(body);
  return FIELDS[value].reduce((sum, field) => sum + statOf(stats, field), 0);
}
