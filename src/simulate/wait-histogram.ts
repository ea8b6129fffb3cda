/** Buckets grow by this factor, so that a percentile is off by at most half a percent. */
const GROWTH = 1.01;
const SMALLEST_SECONDS = 0.001;
const LOG_GROWTH = Math.log(GROWTH);

/** Waiting times in bounded memory: exact count, sum and maximum, percentiles to half a percent. */
export class WaitHistogram {
  readonly #counts: number[] = [];
  #shortest = 0;
  #count = 0;
  #sum = 0;
  #max = 0;

  add(seconds: number): void {
    this.#count += 1;
    this.#sum += seconds;
    if (seconds > this.#max) this.#max = seconds;
    if (seconds < SMALLEST_SECONDS) {
      this.#shortest += 1;
      return;
    }
    const bucket = Math.floor(Math.log(seconds / SMALLEST_SECONDS) / LOG_GROWTH);
    while (this.#counts.length <= bucket) this.#counts.push(0);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  get count(): number {
    return this.#count;
  }
  get max(): number {
    return this.#max;
  }
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Seconds that a share (0 … 1) of the waits does not exceed; 0 without waits. Nearest rank. */
  quantile(share: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    if (rank === this.#count) return this.#max;
    let seen = this.#shortest;
    if (rank <= seen) return 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket += 1) {
      seen += this.#counts[bucket] ?? 0;
      if (rank <= seen) return Math.min(this.#max, SMALLEST_SECONDS * GROWTH ** (bucket + 0.5));
    }
    return this.#max;
  }
}
