/** Back-off of one container's restarts, or of one image's pulls (client-go util/flowcontrol/backoff.go). */
const FIRST_MS = 10_000;
const MOST_MS = 300_000;

export class BackOff {
  #delayMs = 0;
  #updated = 0;

  /** Current delay in ms; 0 before the first fault. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** Ms still to wait at `now` after a fault at `faultAt`; both epoch ms. */
  remaining(faultAt: number, now: number): number {
    if (this.#delayMs === 0 || this.#expired(faultAt)) return 0;
    return Math.max(0, faultAt + this.#delayMs - now);
  }

  /** Counts a new try after a fault: the first is free, then 10 s, doubling up to 5 min; anew after 10 quiet minutes. */
  next(faultAt: number, now: number): void {
    const grows = this.#delayMs > 0 && !this.#expired(faultAt);
    this.#delayMs = grows ? Math.min(this.#delayMs * 2, MOST_MS) : FIRST_MS;
    this.#updated = now;
  }

  #expired(faultAt: number): boolean {
    return faultAt - this.#updated > 2 * MOST_MS;
  }
}

/** Whole seconds as Go prints a time.Duration: `10s`, `1m20s`, `5m0s`. */
export function goSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
