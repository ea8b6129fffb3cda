import type { Deque } from './deque.ts';
import { Refusal, WRONG_TYPE } from './replies.ts';

/** A string value with room to grow: bitmaps are set bit by bit. */
export interface Bytes {
  buffer: Buffer;
  length: number;
}

export type Value =
  | { readonly type: 'string'; readonly bytes: Bytes }
  | { readonly type: 'list'; readonly items: Deque }
  | { readonly type: 'hash'; readonly fields: Map<string, string> }
  | { readonly type: 'zset'; readonly scores: Map<string, number> };

export interface KeyspaceEvents {
  /** Milliseconds since the epoch. While the log is read it stands still, so that only what the log says expires. */
  readonly now: () => number;
  readonly changed: (key: string) => void;
  readonly expired: (key: string) => void;
}

/** The keys of one database. What is empty is not there; only strings expire, for only SET sets a time. */
export class Keyspace {
  readonly #values: Map<string, Value> = new Map();
  readonly #expires: Map<string, number> = new Map();
  readonly #events: KeyspaceEvents;

  constructor(events: KeyspaceEvents) {
    this.#events = events;
  }

  get size(): number {
    return this.#values.size;
  }
  get expiring(): number {
    return this.#expires.size;
  }

  get(key: string): Value | undefined {
    const at = this.#expires.get(key);
    if (at !== undefined && this.#events.now() > at) {
      this.#drop(key);
      this.#events.expired(key);
    }
    return this.#values.get(key);
  }

  /** Raises Refusal when the key holds something else; so do the others. */
  string(key: string): Bytes | undefined {
    const value = this.get(key);
    if (value === undefined || value.type === 'string') return value?.bytes;
    throw new Refusal(WRONG_TYPE);
  }

  list(key: string): Deque | undefined {
    const value = this.get(key);
    if (value === undefined || value.type === 'list') return value?.items;
    throw new Refusal(WRONG_TYPE);
  }

  hash(key: string): Map<string, string> | undefined {
    const value = this.get(key);
    if (value === undefined || value.type === 'hash') return value?.fields;
    throw new Refusal(WRONG_TYPE);
  }

  zset(key: string): Map<string, number> | undefined {
    const value = this.get(key);
    if (value === undefined || value.type === 'zset') return value?.scores;
    throw new Refusal(WRONG_TYPE);
  }

  /** `expiresAt`: milliseconds since the epoch, or none; `keep`: the time that it had stays. */
  setString(key: string, bytes: Bytes, expiresAt: number | 'keep' | undefined): void {
    this.#values.set(key, { type: 'string', bytes });
    if (expiresAt === undefined) this.#expires.delete(key);
    else if (expiresAt !== 'keep') this.#expires.set(key, expiresAt);
    this.#events.changed(key);
  }

  setList(key: string, items: Deque): void {
    this.#set(key, { type: 'list', items }, items.length);
  }

  setHash(key: string, fields: Map<string, string>): void {
    this.#set(key, { type: 'hash', fields }, fields.size);
  }

  setZset(key: string, scores: Map<string, number>): void {
    this.#set(key, { type: 'zset', scores }, scores.size);
  }

  delete(key: string): boolean {
    if (this.get(key) === undefined) return false;
    this.#drop(key);
    this.#events.changed(key);
    return true;
  }

  expiresAt(key: string): number | undefined {
    return this.#expires.get(key);
  }

  /** Keys whose time is over go now, looked at or not. */
  expire(): void {
    for (const key of this.#expires.keys()) this.get(key);
  }

  keys(): string[] {
    this.expire();
    return [...this.#values.keys()];
  }

  #set(key: string, value: Value, size: number): void {
    if (size === 0) this.#drop(key);
    else this.#values.set(key, value);
    this.#events.changed(key);
  }

  #drop(key: string): void {
    this.#values.delete(key);
    this.#expires.delete(key);
  }
}

export function bytesOf(text: string): Bytes {
  const buffer = Buffer.from(text, 'latin1');
  return { buffer, length: buffer.length };
}

export function textOf({ buffer, length }: Bytes): string {
  return buffer.toString('latin1', 0, length);
}
