import type { Type } from '../schema/type.ts';
import { childOf, DEDUCED, indexItems, isHollow, itemElement, itemsOf, namesOf, shapeOf } from './schema.ts';
import { fieldIn } from './walk.ts';

/** `live` with everything that `applied` says (structured-merge-diff typed/merge.go): what it does not say stays. */
export function merge(type: Type, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  if (live === undefined) return applied;
  const shape = shapeOf(type, live, applied);
  if (shape === 'scalar' || shape === 'atomic' || (isHollow(live) && isHollow(applied))) return applied;
  if (shape === 'list') return new ListMerger(type, live, applied).merged();
  const entries = namesOf(live, applied).map((name): [string, unknown] => {
    return [name, merge(childOf(type, name) ?? DEDUCED, fieldIn(live, name), fieldIn(applied, name))];
  });
  return Object.fromEntries(entries);
}

/** The applied items in their order; what only the live list has stays before the items that followed it (visitListItems). */
class ListMerger {
  readonly #type: Type;
  readonly #left: readonly unknown[];
  readonly #known: ReadonlyMap<string, readonly unknown[]>;
  readonly #wanted: ReadonlyMap<string, readonly unknown[]>;
  /** Applied items that the live list has too and that are still to come. */
  readonly #shared: string[];
  readonly #done = new Set<string>();

  constructor(type: Type, live: unknown, applied: unknown) {
    this.#type = type;
    this.#left = Array.isArray(live) ? (live as readonly unknown[]) : [];
    this.#known = indexItems(type, live);
    this.#wanted = indexItems(type, applied);
    this.#shared = [...this.#wanted.keys()].filter((element) => this.#known.has(element));
  }

  merged(): readonly unknown[] {
    const left = this.#left.map((item) => itemElement(this.#type, item));
    const right = [...this.#wanted.keys()];
    const result: unknown[] = [];
    for (let [l, r] = [0, 0]; l < left.length || r < right.length; ) {
      const [ours, theirs] = [left[l], right[r]];
      if (ours !== undefined && theirs !== undefined && ours !== theirs && this.#isLater(ours)) l += 1;
      else if (ours !== undefined && !this.#wanted.has(ours)) result.push(this.#left[l++]);
      else {
        if (ours !== undefined && (ours === theirs || this.#done.has(ours))) l += 1;
        if (theirs === undefined) continue;
        result.push(this.#take(theirs));
        r += 1;
      }
    }
    return result;
  }

  /** A shared item, but not the one whose turn it is. */
  #isLater(element: string): boolean {
    return this.#wanted.has(element) && this.#shared[0] !== undefined && this.#shared[0] !== element;
  }

  /** A live item that stands twice is not merged into: it goes. */
  #take(element: string): unknown {
    const same = this.#known.get(element) ?? [];
    this.#done.add(element);
    if (this.#shared[0] === element) this.#shared.shift();
    return merge(itemsOf(this.#type), same.length === 1 ? same[0] : undefined, this.#wanted.get(element)?.[0]);
  }
}
