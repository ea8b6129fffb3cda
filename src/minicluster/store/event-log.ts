import type { StoreEvent } from './store.ts';

/**
 * The last changes in order of their versions: what a watch that starts at an older version is sent first, and what a list
 * at an older version is computed from. Older ones are gone (410) after `keep` changes or `keepMs`.
 */
export class EventLog {
  readonly #events: { readonly event: StoreEvent; readonly at: number }[] = [];
  readonly #keep: number;
  readonly #keepMs: number;
  #compacted: number;

  /** `version`: nothing at or before it can be replayed. */
  constructor(version: number, keep: number, keepMs: number) {
    this.#compacted = version;
    this.#keep = keep;
    this.#keepMs = keepMs;
  }

  /** The oldest version from which everything after it is still known. */
  get compacted(): number {
    return this.#compacted;
  }

  add(event: StoreEvent, now: number): void {
    this.#events.push({ event, at: now });
    let drop = Math.max(0, this.#events.length - this.#keep);
    while (drop < this.#events.length && (this.#events[drop]?.at ?? now) < now - this.#keepMs) drop += 1;
    // In one go now and then: shifting a long array for every event would be quadratic.
    if (drop > 256 || drop === this.#events.length) this.#drop(drop);
  }

  /** Forgets everything up to this version. */
  compact(version: number): void {
    this.#drop(this.#indexAfter(version));
    this.#compacted = Math.max(this.#compacted, version);
  }

  /** The changes after `version`, oldest first; undefined when some of them are forgotten. */
  after(version: number): readonly StoreEvent[] | undefined {
    if (version < this.#compacted) return undefined;
    return this.#events.slice(this.#indexAfter(version)).map(({ event }) => event);
  }

  #drop(count: number): void {
    const last = this.#events[count - 1];
    if (last === undefined) return;
    this.#compacted = Math.max(this.#compacted, last.event.version);
    this.#events.splice(0, count);
  }

  /** Index of the first event with a version above this one (binary search). */
  #indexAfter(version: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.event.version ?? 0) <= version) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
