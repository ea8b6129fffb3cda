/** The keys of a queue on a Redis list. The list itself has the queue's name, so that `LLEN jobs` and any scaler can read it. */
export interface ListKeys {
  /** Pushed left, taken right. */
  readonly queue: string;
  readonly dead: string;
  /** Hash item id → deliveries so far. */
  readonly attempts: string;
  /** Hash item id → why it is dead. */
  readonly reasons: string;
  /** Last item id given out. */
  readonly seq: string;
  readonly published: string;
  /** Bitmap: bit = id of an acknowledged item. */
  readonly done: string;
  readonly acks: string;
  /** Sorted set of consumers by when they were last seen (ms). */
  readonly consumers: string;
  readonly processing: (consumer: string) => string;
  /** Exists while the consumer lives. */
  readonly alive: (consumer: string) => string;
  /** Exists when the batch took effect. */
  readonly batch: (id: string) => string;
}

export function listKeys(queue: string): ListKeys {
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
    consumers: key('consumers'),
    processing: (consumer) => key(`processing:${consumer}`),
    alive: (consumer) => key(`alive:${consumer}`),
    batch: (id) => key(`batch:${id}`),
  };
}
