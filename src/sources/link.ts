import type { Clock } from '../contracts/clock.ts';
import { LabError } from '../errors/lab-error.ts';

export interface LinkOptions<C> {
  readonly connect: (signal: AbortSignal) => Promise<C>;
  readonly clock: Clock;
  /** 0 to under 1; spreads the reconnects of many processes. */
  readonly random: () => number;
  /** Raise the fault when a server has been away for so long; undefined = try for ever. */
  readonly giveUpAfterMs?: number;
  /** Told once per outage, and when it is over (`undefined`). */
  readonly onTrouble?: (error: LabError | undefined) => void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** A connection that is made when it is needed and made again when it was lost. */
export class Link<C extends { readonly closed: boolean; destroy(): void }> {
  readonly #options: LinkOptions<C>;
  readonly #closing = new AbortController();
  #current: C | undefined;
  #opening: Promise<C> | undefined;
  #everLost = false;
  #inTrouble = false;
  /** Monotonic ms of the last connection that followed a lost one; undefined when none was lost so far. */
  reconnectedAt: number | undefined;

  constructor(options: LinkOptions<C>) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#current !== undefined && !this.#current.closed;
  }

  /**
   * Runs `operation` on a connection. When the connection is lost meanwhile (ML-QUEUE-UNREACHABLE), runs it again on a new
   * one with `again` set: the operation must then find out whether its first run took effect. Pauses 50 ms to 1 s.
   * Raises what else the operation raises, the fault after `giveUpAfterMs`, the signal's reason when aborted.
   */
  async run<T>(operation: (connection: C, again: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { clock, giveUpAfterMs } = this.#options;
    const stop = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    const start = clock.monotonic();
    let started = false;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      stop.throwIfAborted();
      try {
        const connection = await this.#open(stop);
        const again = started;
        started = true;
        const result = await operation(connection, again);
        this.#trouble(undefined);
        return result;
      } catch (error) {
        if (!(error instanceof LabError) || error.id !== 'ML-QUEUE-UNREACHABLE') throw error;
        this.#trouble(error);
        if (giveUpAfterMs !== undefined && clock.monotonic() - start >= giveUpAfterMs) throw error;
      }
      await clock.sleep(pause * (0.5 + this.#options.random() / 2), stop);
    }
  }

  /** Closes for good; operations under way are rejected. */
  close(): void {
    this.#closing.abort(new LabError('ML-QUEUE-UNREACHABLE', { url: '', reason: 'the connection was closed here' }));
    this.#current?.destroy();
  }

  async #open(signal: AbortSignal): Promise<C> {
    if (this.#current !== undefined && !this.#current.closed) return this.#current;
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return await raceAbort(this.#opening, signal);
  }

  async #connect(): Promise<C> {
    this.#everLost ||= this.#current !== undefined;
    const connection = await this.#options.connect(this.#closing.signal);
    if (this.#closing.signal.aborted) connection.destroy();
    if (this.#everLost) this.reconnectedAt = this.#options.clock.monotonic();
    this.#current = connection;
    return connection;
  }

  #trouble(error: LabError | undefined): void {
    if ((error !== undefined) === this.#inTrouble) return;
    this.#inTrouble = error !== undefined;
    this.#options.onTrouble?.(error);
  }
}

async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
