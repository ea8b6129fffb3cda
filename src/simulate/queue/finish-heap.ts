import type { Sequence } from './event-heap.ts';

const FIRST_CAPACITY = 64;
/** Children per node, as a power of two: with four, the heap of a thousand busy pods is five levels deep. */
const LEVEL = 2;

/**
 * When the busy pods are done, earliest first; equal times in the order in which they began. A heap over typed arrays whose methods
 * take and return whole numbers only: a fraction would cost an allocation per item.
 */
export class FinishHeap {
  /** By place in the heap. The first `size` are in use; `times[0]` is the next one, Infinity when there is none. */
  times: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY).fill(Number.POSITIVE_INFINITY);
  orders: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY);
  slots: Uint32Array<ArrayBuffer> = new Uint32Array(FIRST_CAPACITY);
  size = 0;
  readonly #sequence: Sequence;

  constructor(sequence: Sequence) {
    this.#sequence = sequence;
  }

  /** Makes room for one more and puts it last; its time is to be written to `times[place]`, then `rise` called. */
  append(slot: number): number {
    if (this.size === this.times.length) this.#grow();
    const place = this.size;
    this.size += 1;
    this.#number(place, slot);
    return place;
  }

  /** The pod on top begins another item; its time is to be written to `times[0]`, then `sink` called. */
  renew(): void {
    this.#number(0, this.slots[0] as number);
  }

  /** Takes the top out. */
  drop(): void {
    this.size -= 1;
    const last = this.size;
    this.times[0] = this.times[last] as number;
    this.orders[0] = this.orders[last] as number;
    this.slots[0] = this.slots[last] as number;
    this.times[last] = Number.POSITIVE_INFINITY;
    if (last > 1) this.sink();
  }

  /** Moves what was appended to its place. It began last, so that only an earlier time moves it. */
  rise(from: number): void {
    const { times } = this;
    const time = times[from] as number;
    if (from === 0 || (times[(from - 1) >> LEVEL] as number) <= time) return;
    const { orders, slots } = this;
    const order = orders[from] as number;
    const slot = slots[from] as number;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> LEVEL;
      const parentTime = times[parent] as number;
      if (parentTime <= time) break;
      times[at] = parentTime;
      orders[at] = orders[parent] as number;
      slots[at] = slots[parent] as number;
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  /** Moves the top to its place. */
  sink(): void {
    const { times, orders, slots, size } = this;
    const time = times[0] as number;
    const order = orders[0] as number;
    const slot = slots[0] as number;
    let at = 0;
    for (let first = 1; first < size; first = (at << LEVEL) + 1) {
      const end = Math.min(first + (1 << LEVEL), size);
      let child = first;
      let least = times[first] as number;
      for (let other = first + 1; other < end; other += 1) {
        const otherTime = times[other] as number;
        if (otherTime > least || (otherTime === least && (orders[other] as number) > (orders[child] as number)))
          continue;
        child = other;
        least = otherTime;
      }
      if (least > time || (least === time && (orders[child] as number) > order)) break;
      times[at] = least;
      orders[at] = orders[child] as number;
      slots[at] = slots[child] as number;
      at = child;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  #number(place: number, slot: number): void {
    this.orders[place] = this.#sequence.next;
    this.slots[place] = slot;
    this.#sequence.next += 1;
  }

  #grow(): void {
    const length = this.times.length * 2;
    const times = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    const orders = new Float64Array(length);
    const slots = new Uint32Array(length);
    times.set(this.times);
    orders.set(this.orders);
    slots.set(this.slots);
    [this.times, this.orders, this.slots] = [times, orders, slots];
  }
}
