/** A list with cheap ends: a ring of slots that doubles when it is full. */
export class Deque {
  #slots: (string | undefined)[] = Array.from({ length: 8 });
  #first = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  pushLeft(item: string): void {
    this.#grow();
    this.#first = (this.#first - 1) & (this.#slots.length - 1);
    this.#slots[this.#first] = item;
    this.#length += 1;
  }

  pushRight(item: string): void {
    this.#grow();
    this.#slots[this.#slot(this.#length)] = item;
    this.#length += 1;
  }

  takeLeft(): string | undefined {
    const item = this.#clear(0);
    if (item !== undefined) this.#first = this.#slot(1);
    return item;
  }

  takeRight(): string | undefined {
    return this.#clear(this.#length - 1);
  }

  /** Items from `start` to before `end`, both within the list. */
  slice(start: number, end: number): string[] {
    return Array.from({ length: Math.max(0, end - start) }, (_, index) => this.#at(start + index));
  }

  /** Removes up to `limit` items that equal `item`, seen from the left or the right; how many they were. */
  remove(item: string, limit: number, fromRight: boolean): number {
    const before = this.slice(0, this.#length);
    let left = limit;
    const stays = (each: string) => each !== item || left-- <= 0;
    const kept = fromRight ? before.reverse().filter(stays).reverse() : before.filter(stays);
    if (kept.length === before.length) return 0;
    this.#first = 0;
    this.#length = 0;
    this.#slots = Array.from({ length: 8 });
    for (const each of kept) this.pushRight(each);
    return before.length - kept.length;
  }

  #slot(index: number): number {
    return (this.#first + index) & (this.#slots.length - 1);
  }

  #at(index: number): string {
    return this.#slots[this.#slot(index)] ?? '';
  }

  #clear(index: number): string | undefined {
    if (this.#length === 0) return undefined;
    const slot = this.#slot(index);
    const item = this.#slots[slot];
    this.#slots[slot] = undefined;
    this.#length -= 1;
    return item;
  }

  #grow(): void {
    if (this.#length < this.#slots.length) return;
    const items = this.slice(0, this.#length);
    this.#slots = [...items, ...Array.from<undefined>({ length: items.length })];
    this.#first = 0;
  }
}
