/** The part of the lab's queue layout in Redis that a metric needs; the rest is in workload/queues/redis-keys.ts. */

/** Sorted set of the consumers of a list queue, by when they were last seen (ms since the epoch). */
export const consumersKey = (queue: string): string => `${queue}:consumers`;
/** List of the items that a consumer holds. */
export const processingKey = (queue: string, consumer: string): string => `${queue}:processing:${consumer}`;
/** The consumer group of a stream queue. */
export const GROUP = 'workers';
