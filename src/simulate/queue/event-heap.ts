/** What happens to a pod at a time. `epoch` is the pod's at planning; another one by then means that the event is void. */
export interface PodEvent {
  time: number;
  kind: number;
  slot: number;
  epoch: number;
}

const FIRST_CAPACITY = 256;

/** Numbers events in the order in which they are planned, over all heaps: of two at the same time the one planned first comes first. */
export interface Sequence {
  next: number;
}

/** Pod events by time; equal times in the order in which they were planned. A binary heap over typed arrays. */
export class EventHeap {
  #times = new Float64Array(FIRST_CAPACITY);
  #orders = new Float64Array(FIRST_CAPACITY);
  #kinds = new Uint8Array(FIRST_CAPACITY);
  #slots = new Uint32Array(FIRST_CAPACITY);
  #epochs = new Uint32Array(FIRST_CAPACITY);
  #size = 0;
  readonly #sequence: Sequence;

  constructor(sequence: Sequence) {
    this.#sequence = sequence;
  }

  /** Time of the next event; Infinity when there is none. */
  get next(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  /** Number of the next event; Infinity when there is none. */
  get nextOrder(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#orders[0] as number);
  }

  push(time: number, kind: number, slot: number, epoch: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const order = this.#sequence.next;
    this.#sequence.next += 1;
    let at = this.#size;
    this.#size += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // Later planned events have a higher order, so that only an earlier time moves up.
      if ((this.#times[parent] as number) <= time) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#times[at] = time;
    this.#orders[at] = order;
    this.#kinds[at] = kind;
    this.#slots[at] = slot;
    this.#epochs[at] = epoch;
  }

  /** Takes the next event out, into `into`. The heap must not be empty. */
  pop(into: PodEvent): void {
    into.time = this.#times[0] as number;
    into.kind = this.#kinds[0] as number;
    into.slot = this.#slots[0] as number;
    into.epoch = this.#epochs[0] as number;
    this.#size -= 1;
    const last = this.#size;
    if (last === 0) return;
    const time = this.#times[last] as number;
    const order = this.#orders[last] as number;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#before(child + 1, child)) child += 1;
      const childTime = this.#times[child] as number;
      if (childTime > time || (childTime === time && (this.#orders[child] as number) > order)) break;
      this.#move(child, at);
      at = child;
    }
    this.#move(last, at);
  }

  #before(a: number, b: number): boolean {
    const timeA = this.#times[a] as number;
    const timeB = this.#times[b] as number;
    return timeA < timeB || (timeA === timeB && (this.#orders[a] as number) < (this.#orders[b] as number));
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#orders[to] = this.#orders[from] as number;
    this.#kinds[to] = this.#kinds[from] as number;
    this.#slots[to] = this.#slots[from] as number;
    this.#epochs[to] = this.#epochs[from] as number;
  }

  #grow(): void {
    const bigger = <T extends Float64Array | Uint8Array | Uint32Array>(old: T, into: T): T => {
      into.set(old);
      return into;
    };
    const length = this.#times.length * 2;
    this.#times = bigger(this.#times, new Float64Array(length));
    this.#orders = bigger(this.#orders, new Float64Array(length));
    this.#kinds = bigger(this.#kinds, new Uint8Array(length));
    this.#slots = bigger(this.#slots, new Uint32Array(length));
    this.#epochs = bigger(this.#epochs, new Uint32Array(length));
  }
}
