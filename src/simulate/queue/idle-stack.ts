import { IDLE, type PodTable } from './pod-table.ts';

const FIRST_CAPACITY = 256;

/** The idle pods, the one that became idle last on top. Slots of pods that are not idle any more stay until they are come upon. */
export class IdleStack {
  /** Entries, stale ones included. */
  size = 0;
  #slots = new Int32Array(FIRST_CAPACITY);
  readonly #pods: PodTable;

  constructor(pods: PodTable) {
    this.#pods = pods;
  }

  push(slot: number): void {
    if (this.size === this.#slots.length) this.#makeRoom();
    this.#pods.state[slot] = IDLE;
    this.#slots[this.size] = slot;
    this.size += 1;
  }

  /** Takes the top entry; -1 when it is stale. The stack must not be empty. */
  pop(): number {
    this.size -= 1;
    const slot = this.#slots[this.size] as number;
    return this.#pods.state[slot] === IDLE ? slot : -1;
  }

  /** Throws stale entries out; the stack grows only when that does not help. An older entry of a pod that is there twice is stale. */
  #makeRoom(): void {
    const { state } = this.#pods;
    const kept = new Set<number>();
    for (let at = this.size - 1; at >= 0; at -= 1) {
      const slot = this.#slots[at] as number;
      if (state[slot] === IDLE) kept.add(slot);
    }
    if (kept.size > this.size / 2) this.#slots = new Int32Array(this.size * 2);
    this.#slots.set([...kept].reverse());
    this.size = kept.size;
  }
}
