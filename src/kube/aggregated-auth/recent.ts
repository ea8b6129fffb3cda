import type { Clock } from '../../contracts/clock.ts';

/** Upstream's size of both caches of reviews (plugin/pkg/authorizer/webhook/webhook.go). */
const MAX_ENTRIES = 8192;
/** Keys longer than this are not worth memory (webhook.go maxControllerHeaderLength family: 10,000 bytes). */
const MAX_KEY = 10_000;

/** Answers of the recent past by key; equal questions that are under way share one answer. Least recently made go first. */
export class RecentAnswers<T> {
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>();
  readonly #flights = new Map<string, Promise<T>>();

  constructor(clock: Clock, keepMs: number) {
    this.#clock = clock;
    this.#keepMs = keepMs;
  }

  /** The kept answer, when there is one. */
  peek(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > this.#clock.monotonic()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** The kept answer, or that of `ask`; `keep` says which answers are kept. Rejects as `ask` does. */
  get(key: string, ask: () => Promise<T>, keep: (value: T) => boolean): Promise<T> {
    const kept = this.peek(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const flying = this.#flights.get(key);
    if (flying !== undefined) return flying;
    const flight = ask()
      .then((value) => {
        if (keep(value) && key.length <= MAX_KEY) this.#put(key, value);
        return value;
      })
      .finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }

  #put(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: this.#clock.monotonic() + this.#keepMs });
    if (this.#entries.size <= MAX_ENTRIES) return;
    const oldest = this.#entries.keys().next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }
}
