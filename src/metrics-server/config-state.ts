import type { Clock } from '../contracts/clock.ts';
import type { MetricsServerReport } from '../contracts/metrics-admin.ts';

/** Which configuration is used, and whether a newer one was refused: told by `status`, `/metrics` and the log. */
export class ConfigState {
  readonly #clock: Clock;
  #readAtMs: number;
  #error: string | null = null;
  taken = 0;
  refused = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#readAtMs = clock.now();
  }

  onTaken(): void {
    this.#readAtMs = this.#clock.now();
    this.#error = null;
    this.taken += 1;
  }

  onRefused(error: string): void {
    this.#error = error;
    this.refused += 1;
  }

  report(): MetricsServerReport['config'] {
    return { readAt: new Date(this.#readAtMs).toISOString(), error: this.#error };
  }
}
