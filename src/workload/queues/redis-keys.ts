import { consumersKey, processingKey } from '../../sources/lab-redis-layout.ts';

/** The keys of a queue in Redis. List or stream itself has the queue's name, so that `LLEN jobs` and any scaler can read it. */
export interface RedisKeys {
  /** List (pushed left, taken right) or stream. */
  readonly queue: string;
  readonly dead: string;
  /** List only: hash item id → deliveries so far. */
  readonly attempts: string;
  /** List only: hash item id → why it is dead. */
  readonly reasons: string;
  /** Last item id given out. */
  readonly seq: string;
  readonly published: string;
  /** Bitmap: bit = id of an acknowledged item. */
  readonly done: string;
  readonly acks: string;
  /** List only: sorted set of consumers by when they were last seen (ms). */
  readonly consumers: string;
  readonly processing: (consumer: string) => string;
  /** Exists while the consumer lives. */
  readonly alive: (consumer: string) => string;
  /** Exists when the batch took effect. */
  readonly batch: (id: string) => string;
}

export function redisKeys(queue: string): RedisKeys {
  const key = (name: string) => `${queue}:${name}`;
  return {
    queue,
    dead: key('dead'),
    attempts: key('attempts'),
    reasons: key('reasons'),
    seq: key('seq'),
    published: key('published'),
    done: key('done'),
    acks: key('acks'),
    consumers: consumersKey(queue),
    processing: (consumer) => processingKey(queue, consumer),
    alive: (consumer) => key(`alive:${consumer}`),
    batch: (id) => key(`batch:${id}`),
  };
}
