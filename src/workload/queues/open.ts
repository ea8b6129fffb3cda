import type { QueueDriver } from '../../contracts/queue.ts';
import type { QueueOptions } from './options.ts';

/**
 * A driver for the queue. Connects only when it is used. Raises ML-QUEUE-URL, ML-QUEUE-NAME.
 * Drivers are loaded when they are chosen: twenty consumers start at once on a small machine.
 */
export async function openQueue(options: QueueOptions): Promise<QueueDriver> {
  switch (options.kind) {
    case 'redis':
      return new (await import('./redis-list.ts')).RedisListQueue(options);
    case 'redis-stream':
      return new (await import('./redis-stream.ts')).RedisStreamQueue(options);
    case 'beanstalkd':
      return new (await import('./beanstalkd.ts')).BeanstalkdQueue(options);
  }
}
