/** What a pod does. A slot is reused for a later pod; its epoch then tells the two apart. */
export const FREE = 0;
/** Created, or crashed and not yet running again. */
export const STARTING = 1;
export const IDLE = 2;
export const BUSY = 3;

const FIRST_CAPACITY = 64;

/** The pods, one slot each, as arrays of numbers: a simulated year allocates nothing per pod. */
export class PodTable {
  state: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_CAPACITY);
  /** 1: deleted, finishing its item. */
  terminating: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_CAPACITY);
  ready: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_CAPACITY);
  /** Grows whenever events that were planned for the slot become void. */
  epoch: Uint32Array<ArrayBuffer> = new Uint32Array(FIRST_CAPACITY);
  /** Number of the event that finishes the item it works on; other such events are void. */
  orders: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY);
  /** When the item that it works on was published, and when the work began. */
  published: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY);
  begun: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY);
  /** When the pod was created; when its process last started and last became ready (or not). */
  created: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY);
  started: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY);
  readyChanged: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY);
  restarts: Uint16Array<ArrayBuffer> = new Uint16Array(FIRST_CAPACITY);
  /** Name number, unique over the whole run. */
  number: Float64Array<ArrayBuffer> = new Float64Array(FIRST_CAPACITY);
  readonly #free: number[] = [];
  #used = 0;
  #named = 0;

  /** A slot for a new pod. */
  create(time: number): number {
    const slot = this.#free.pop() ?? this.#extend();
    this.state[slot] = STARTING;
    this.terminating[slot] = 0;
    this.ready[slot] = 0;
    this.created[slot] = time;
    this.started[slot] = time;
    this.readyChanged[slot] = time;
    this.restarts[slot] = 0;
    this.number[slot] = this.#named;
    this.#named += 1;
    return slot;
  }

  /** Slots that were ever in use. */
  get used(): number {
    return this.#used;
  }

  /** Gives the slot back. */
  remove(slot: number): void {
    this.state[slot] = FREE;
    this.epoch[slot] = (this.epoch[slot] as number) + 1;
    this.#free.push(slot);
  }

  #extend(): number {
    const slot = this.#used;
    this.#used += 1;
    if (slot === this.state.length) this.#grow();
    return slot;
  }

  #grow(): void {
    const length = this.state.length * 2;
    const floats = (old: Float64Array<ArrayBuffer>) => {
      const grown = new Float64Array(length);
      grown.set(old);
      return grown;
    };
    const bytes = (old: Uint8Array<ArrayBuffer>) => {
      const grown = new Uint8Array(length);
      grown.set(old);
      return grown;
    };
    const restarts = new Uint16Array(length);
    restarts.set(this.restarts);
    const epochs = new Uint32Array(length);
    epochs.set(this.epoch);
    [this.restarts, this.epoch] = [restarts, epochs];
    [this.state, this.terminating, this.ready] = [bytes(this.state), bytes(this.terminating), bytes(this.ready)];
    [this.published, this.begun, this.created] = [floats(this.published), floats(this.begun), floats(this.created)];
    [this.started, this.readyChanged] = [floats(this.started), floats(this.readyChanged)];
    [this.number, this.orders] = [floats(this.number), floats(this.orders)];
  }
}
