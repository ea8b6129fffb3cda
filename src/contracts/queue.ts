/** One item of work. `payload` is opaque text. */
export interface QueueItem {
  readonly id: string;
  readonly payload: string;
}

/** An item that a consumer holds. Exactly one of the three ends must be called. */
export interface ClaimedItem extends QueueItem {
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** The work is done: gone from the queue, counted once in the ledger. */
  ack(): Promise<void>;
  /** The work failed: back to the queue, or to the dead-letter place when `attempt` reached the limit. */
  fail(reason: string): Promise<'requeued' | 'dead'>;
  /** Hand it back unharmed (shutdown): does not count as a failed attempt. */
  release(): Promise<void>;
  /** Tell the queue that work goes on, so that the claim does not lapse. */
  touch(): Promise<void>;
}

/** published = processed + waiting + inFlight + dead (+ lost). Counts of items. */
export interface Ledger {
  readonly published: number;
  /** Distinct items that were acknowledged. */
  readonly processed: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
  /** Acknowledgements beyond the first of the same item. */
  readonly duplicates: number;
  /** Published items that are nowhere; never negative. */
  readonly lost: number;
}

export interface PublishOptions {
  readonly signal: AbortSignal;
  /** Called after each batch that the server acknowledged. */
  readonly onProgress?: (done: number) => void;
  /** Items per second; undefined = as fast as it goes. */
  readonly ratePerSecond?: number;
  /** Text of every item; default is the item's number. */
  readonly payload?: string;
}

/** A queue as the workload uses it: at least once, with acknowledgement (DESIGN 3.4). One instance = one connection set. */
export interface QueueDriver {
  /** Puts `count` items; resolves to the number that the server acknowledged. Survives a reconnect without losing or doubling a batch. */
  publish(count: number, options: PublishOptions): Promise<number>;
  /** Waits up to `waitMs` for an item. */
  claim(waitMs: number, signal: AbortSignal): Promise<ClaimedItem | undefined>;
  /** Returns items of dead consumers to the queue; resolves to how many. Any consumer may call it at any time. */
  recover(): Promise<number>;
  ledger(): Promise<Ledger>;
  close(): Promise<void>;
}
