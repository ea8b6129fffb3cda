const FIRST_CAPACITY = 1024;

/** The waiting items, oldest first; an item is the time at which it was published. */
export class ArrivalRing {
  /** A power of two of places; place `head` has the oldest item. */
  times: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY);
  head = 0;
  size = 0;

  /** Puts the items of some places of an array behind the youngest one. */
  append(source: Float64Array, from: number, to: number): void {
    while (this.size + to - from > this.times.length) this.#grow();
    const { times, head, size } = this;
    const mask = times.length - 1;
    for (let at = from; at < to; at += 1) times[(head + size + at - from) & mask] = source[at] as number;
    this.size = size + to - from;
  }

  /** Back to the front: an item that its consumer could not finish. */
  unshift(time: number): void {
    if (this.size === this.times.length) this.#grow();
    this.head = (this.head - 1) & (this.times.length - 1);
    this.times[this.head] = time;
    this.size += 1;
  }

  /** The oldest item. The ring must not be empty. */
  shift(): number {
    const time = this.times[this.head] as number;
    this.head = (this.head + 1) & (this.times.length - 1);
    this.size -= 1;
    return time;
  }

  #grow(): void {
    const grown = new Float64Array(this.times.length * 2);
    for (let i = 0; i < this.size; i += 1) {
      grown[i] = this.times[(this.head + i) & (this.times.length - 1)] as number;
    }
    this.times = grown;
    this.head = 0;
  }
}
