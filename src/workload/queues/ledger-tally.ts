/** Which item: the n-th (from 0) that a publisher put, see `parseItemId`. */
export interface ItemRef {
  readonly source: string;
  readonly n: number;
}

/** Items per page of the bitmaps: 1 KiB each, so that ids with gaps cost little. */
const PAGE = 8_192;

interface Page {
  readonly published: Uint8Array;
  readonly acked: Uint8Array;
}

/** `<source>.<n>` as the lab names items of a queue that gives no numbers; undefined for any other text. */
export function parseItemId(text: string): ItemRef | undefined {
  const [, source, n] = /^([A-Za-z0-9_-]{1,64})\.(\d{1,15})$/.exec(text) ?? [];
  return source === undefined || n === undefined ? undefined : { source, n: Number(n) };
}

export const itemId = ({ source, n }: ItemRef): string => `${source}.${n}`;

/** The lines of a ledger file. */
export const publishedLine = (source: string, first: number, size: number): string => `p ${source} ${first} ${size}`;
export const ackedLine = (item: ItemRef): string => `a ${itemId(item)}`;
export const deadLine = (item: ItemRef, reason: string): string =>
  `d ${itemId(item)} ${reason.replaceAll(/\s+/g, ' ').slice(0, 200)}`;

/**
 * Counts what the lines of a ledger say. An acknowledged item counts as published even when its publisher has not
 * written that down (yet, or because it was killed between the server's answer and the line).
 */
export class LedgerTally {
  readonly #pages: Map<string, Page> = new Map();
  #published = 0;
  #processed = 0;
  #acks = 0;

  get published(): number {
    return this.#published;
  }
  /** Distinct items acknowledged. */
  get processed(): number {
    return this.#processed;
  }
  /** All acknowledgements. */
  get acks(): number {
    return this.#acks;
  }

  /** Takes in one line; a line that is none of ours (a torn one after a power cut) changes nothing. */
  add(line: string): void {
    const acked = line.startsWith('a ') ? parseItemId(line.slice(2)) : undefined;
    if (acked !== undefined) this.#ack(acked);
    const [, source, first, size] = /^p ([A-Za-z0-9_-]{1,64}) (\d{1,15}) (\d{1,7})$/.exec(line) ?? [];
    if (source !== undefined) this.#publish(source, Number(first), Number(size));
  }

  isAcked({ source, n }: ItemRef): boolean {
    const page = this.#pages.get(keyOf(source, n));
    return page !== undefined && has(page.acked, n);
  }

  #ack({ source, n }: ItemRef): void {
    const page = this.#page(source, n);
    this.#acks += 1;
    if (has(page.acked, n)) return;
    set(page.acked, n);
    this.#processed += 1;
    if (!has(page.published, n)) this.#published += 1;
  }

  #publish(source: string, first: number, size: number): void {
    for (let n = first; n < first + size; n += 1) {
      const page = this.#page(source, n);
      if (has(page.published, n)) continue;
      set(page.published, n);
      if (!has(page.acked, n)) this.#published += 1;
    }
  }

  #page(source: string, n: number): Page {
    const key = keyOf(source, n);
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = { published: new Uint8Array(PAGE / 8), acked: new Uint8Array(PAGE / 8) };
      this.#pages.set(key, page);
    }
    return page;
  }
}

const keyOf = (source: string, n: number): string => `${source}/${Math.floor(n / PAGE)}`;
const has = (bits: Uint8Array, n: number): boolean => ((bits[(n % PAGE) >> 3] ?? 0) & (1 << (n % 8))) !== 0;
const set = (bits: Uint8Array, n: number): void => {
  const at = (n % PAGE) >> 3;
  bits[at] = (bits[at] ?? 0) | (1 << (n % 8));
};
