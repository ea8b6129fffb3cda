/** Bits of the mantissa that tell buckets apart: 128 buckets between a time and its double. */
const MANTISSA_BITS = 7;
const DROPPED = 23 - MANTISSA_BITS;
/** Bucket of 2^-10 s, about a millisecond; shorter waits count as none. */
const FIRST = (127 - 10) << MANTISSA_BITS;
/** Up to 2^31 s. */
const BUCKETS = ((127 + 31) << MANTISSA_BITS) - FIRST;

/**
 * Waiting times in bounded memory: exact count, sum and maximum; percentiles to half a percent. The bucket of a time is the
 * leading bits of its 32-bit float, which costs no logarithm.
 */
export class WaitHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);
  #shortest = 0;
  #count = 0;
  #sum = 0;
  #max = 0;

  add(seconds: number): void {
    this.#count += 1;
    this.#sum += seconds;
    if (seconds > this.#max) this.#max = seconds;
    this.#float[0] = seconds;
    const bucket = ((this.#bits[0] as number) >>> DROPPED) - FIRST;
    if (bucket < 0) this.#shortest += 1;
    else this.#counts[Math.min(bucket, BUCKETS - 1)] = (this.#counts[Math.min(bucket, BUCKETS - 1)] as number) + 1;
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
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.#counts[bucket] as number;
      if (rank <= seen) return Math.min(this.#max, this.#middle(bucket));
    }
    return this.#max;
  }

  #middle(bucket: number): number {
    this.#bits[0] = ((bucket + FIRST) << DROPPED) | (1 << (DROPPED - 1));
    return this.#float[0] as number;
  }
}
