import type { Clock } from '../contracts/clock.ts';
import type { MetricSample, MetricSource } from '../contracts/metric-source.ts';
import { asLabError, LabError } from '../errors/lab-error.ts';
import { countQuantity } from './count-quantity.ts';

interface Connection {
  readonly closed: boolean;
  destroy(): void;
}

export interface PolledSourceOptions<C extends Connection> {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** For one read, connecting included. */
  readonly timeoutMs: number;
  readonly connect: (signal: AbortSignal) => Promise<C>;
  /** Asks for the count. */
  readonly count: (connection: C) => Promise<number>;
}

/** A source of one series that keeps its connection between the reads and makes a new one when it was lost. */
export class PolledSource<C extends Connection> implements MetricSource {
  readonly name: string;
  readonly #options: PolledSourceOptions<C>;
  #connection: C | undefined;
  #closed = false;

  constructor(options: PolledSourceOptions<C>) {
    this.name = options.name;
    this.#options = options;
  }

  /** Raises ML-SOURCE-READ within `timeoutMs`, or the signal's reason when it was aborted. */
  async read(signal: AbortSignal): Promise<readonly MetricSample[]> {
    const { clock, labels, timeoutMs } = this.#options;
    const finished = new AbortController();
    const limit = new AbortController();
    const stop = AbortSignal.any([signal, limit.signal]);
    clock.sleep(timeoutMs, finished.signal).then(
      () => limit.abort(this.#fault(`it gave no answer within ${timeoutMs / 1000} s`)),
      () => undefined, // finished in time
    );
    try {
      const count = await this.#ask(stop);
      return [{ labels, value: countQuantity(count), timestampMs: clock.now() }];
    } catch (error) {
      stop.throwIfAborted();
      const { message, why, cause } = asLabError(error);
      throw this.#fault(`${message}: ${why}`, cause ?? error);
    } finally {
      finished.abort();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#connection?.destroy();
  }

  /** On the connection of the last read; when that one turns out to be lost, once more on a new one. */
  async #ask(stop: AbortSignal): Promise<number> {
    const kept = this.#connection;
    if (kept !== undefined && !kept.closed) {
      try {
        return await this.#count(kept, stop);
      } catch (error) {
        if (stop.aborted || !kept.closed) throw error;
      }
    }
    const connection = await this.#options.connect(stop);
    this.#connection = connection;
    if (this.#closed) connection.destroy();
    return await this.#count(connection, stop);
  }

  async #count(connection: C, stop: AbortSignal): Promise<number> {
    stop.throwIfAborted();
    // A server that is silent is waited for no longer; the answer that may still come must not be taken for the next one.
    const give = () => connection.destroy();
    stop.addEventListener('abort', give, { once: true });
    try {
      return await this.#options.count(connection);
    } finally {
      stop.removeEventListener('abort', give);
    }
  }

  #fault(cause: string, error?: unknown): LabError {
    return new LabError('ML-SOURCE-READ', { source: this.name, cause }, error === undefined ? {} : { cause: error });
  }
}
