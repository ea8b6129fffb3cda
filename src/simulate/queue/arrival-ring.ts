const FIRST_CAPACITY = 1024;

/** The waiting items, oldest first; an item is the time at which it was published. */
export class ArrivalRing {
  #times = new Float64Array(FIRST_CAPACITY);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The ring must not be empty. */
  get oldest(): number {
    return this.#times[this.#head] as number;
  }

  push(time: number): void {
    if (this.#size === this.#times.length) this.#grow();
    this.#times[(this.#head + this.#size) & (this.#times.length - 1)] = time;
    this.#size += 1;
  }

  /** Back to the front: an item that its consumer could not finish. */
  unshift(time: number): void {
    if (this.#size === this.#times.length) this.#grow();
    this.#head = (this.#head - 1 + this.#times.length) & (this.#times.length - 1);
    this.#times[this.#head] = time;
    this.#size += 1;
  }

  /** The oldest item. The ring must not be empty. */
  shift(): number {
    const time = this.#times[this.#head] as number;
    this.#head = (this.#head + 1) & (this.#times.length - 1);
    this.#size -= 1;
    return time;
  }

  #grow(): void {
    const grown = new Float64Array(this.#times.length * 2);
    for (let i = 0; i < this.#size; i += 1) {
      grown[i] = this.#times[(this.#head + i) & (this.#times.length - 1)] as number;
    }
    this.#times = grown;
    this.#head = 0;
  }
}
