import type { Clock } from '../../contracts/clock.ts';
import { describe } from '../../errors/lab-error.ts';

export interface QueueOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Keys worked on at a time. */
  readonly workers?: number;
  readonly work: (key: string) => void | Promise<void>;
}

/** client-go's ItemExponentialFailureRateLimiter, with a sooner end: a lab is watched. */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 60_000;
/** So much work between two looks at the network. */
const SLICE_MS = 10;

/** Keys to work on: each once however often it is added, one worker per key, again later after a failure (client-go workqueue). */
export class WorkQueue {
  readonly #options: QueueOptions;
  readonly #ready = new Set<string>();
  readonly #busy = new Set<string>();
  /** Added while it was worked on. */
  readonly #again = new Set<string>();
  readonly #due = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  #pumping = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  add(key: string): void {
    if (this.#busy.has(key)) this.#again.add(key);
    else this.#ready.add(key);
    this.#pump();
  }

  /** Adds it in so many milliseconds; the earlier of two such wishes counts. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) return this.add(key);
    const { clock, signal } = this.#options;
    const due = clock.monotonic() + ms;
    const known = this.#due.get(key);
    if (known !== undefined && known <= due) return;
    this.#due.set(key, due);
    const wake = () => {
      if (this.#due.get(key) !== due) return;
      this.#due.delete(key);
      this.add(key);
    };
    // Rejects only when everything stops.
    void clock.sleep(ms, signal).then(wake, () => {});
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#run().finally(() => {
      this.#pumping = false;
      if (this.#canGoOn()) this.#pump();
    });
  }

  #canGoOn(): boolean {
    const { signal, workers = 1 } = this.#options;
    return !signal.aborted && this.#ready.size > 0 && this.#busy.size < workers;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    // Requests that wait are served first.
    await clock.sleep(0);
    let begun = clock.monotonic();
    while (this.#canGoOn()) {
      const [key] = this.#ready;
      if (key === undefined) return;
      this.#ready.delete(key);
      this.#busy.add(key);
      this.#start(key);
      if (clock.monotonic() - begun < SLICE_MS) continue;
      await clock.sleep(0);
      begun = clock.monotonic();
    }
  }

  #start(key: string): void {
    try {
      const result = this.#options.work(key);
      if (result === undefined) return this.#done(key);
      void result.then(
        () => this.#done(key),
        (error: unknown) => this.#failed(key, error),
      );
    } catch (error) {
      this.#failed(key, error);
    }
  }

  #done(key: string): void {
    this.#failures.delete(key);
    this.#release(key);
  }

  #failed(key: string, error: unknown): void {
    const { name, log, signal } = this.#options;
    if (signal.aborted) return;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    log(`${name}: ${key}: ${describe(error)}`);
    this.#release(key);
    this.addAfter(key, Math.min(BASE_DELAY_MS * 2 ** failures, MAX_DELAY_MS));
  }

  #release(key: string): void {
    this.#busy.delete(key);
    if (this.#again.delete(key)) this.#ready.add(key);
    this.#pump();
  }
}
