import { checkQueueName } from '../../workload/queues/options.ts';

/** The name of a queue. Raises ML-QUEUE-NAME. */
export function parseQueueName(text: string): string {
  return checkQueueName(text);
}
