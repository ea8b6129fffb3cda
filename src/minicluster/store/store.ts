import type { KubeObject } from '../../contracts/kube-client.ts';
import { Database } from './database.ts';
import { EventLog } from './event-log.ts';

/** An object as stored. `object` carries its resourceVersion and is never changed: a write makes a new one. */
export interface Entry {
  readonly key: string;
  readonly version: number;
  readonly object: KubeObject;
  /** The same as JSON text: lists and watches send it without writing it again. */
  readonly json: string;
}

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  /** After the change; for a deletion the last state, with the deletion's own version. */
  readonly entry: Entry;
  /** Before the change. */
  readonly previous: Entry | undefined;
}

export interface StoreOptions {
  /** File of the database, or `:memory:`. */
  readonly path: string;
  readonly now: () => number;
  /** Changes that are kept for watches that start in the past. Default 10,000, and 5 minutes as kube-apiserver. */
  readonly keepEvents?: number;
  readonly keepMs?: number;
  /**
   * Calls back when everything that came at the same time was looked at (`setImmediate`): its writes are then committed
   * together. Without it each write is committed by itself.
   */
  readonly afterTurn?: (run: () => void) => void;
  /** Told when a commit failed: memory is ahead of the disk then, so the process has to end without another answer. */
  readonly fatal?: (error: unknown) => void;
}

export type WriteOutcome =
  | { readonly ok: true; readonly entry: Entry }
  | { readonly ok: false; readonly why: 'exists' | 'missing' | 'conflict'; readonly current: Entry | undefined };

/**
 * All objects by key (`/<group>/<resource>/<namespace>/<name>`), in memory, with one rising version over everything as in
 * etcd. A write is in the database before anybody outside sees it: watchers are told, and answers given (`whenDurable`),
 * after the commit.
 */
export class Store implements Disposable {
  readonly #database: Database;
  readonly #entries = new Map<string, Map<string, Entry>>();
  readonly #log: EventLog;
  readonly #now: () => number;
  readonly #watchers = new Set<(event: StoreEvent) => void>();
  readonly #afterTurn: StoreOptions['afterTurn'];
  readonly #fatal: StoreOptions['fatal'];
  #version: number;
  /** Changes that are not committed yet, and who waits for the commit. */
  #events: StoreEvent[] = [];
  #waiting: (() => void)[] = [];

  constructor(options: StoreOptions) {
    const { path, now, keepEvents = 10_000, keepMs = 300_000 } = options;
    this.#database = new Database(path);
    this.#now = now;
    this.#afterTurn = options.afterTurn;
    this.#fatal = options.fatal;
    for (const { key, version, json } of this.#database.rows()) {
      this.#collection(key).set(key, { key, version, json, object: JSON.parse(json) as KubeObject });
    }
    // A first version above zero: 0 means "any" in the API.
    this.#version = Math.max(1, this.#database.lastVersion());
    this.#log = new EventLog(this.#version, keepEvents, keepMs);
  }

  /** The version of the last write. */
  get version(): number {
    return this.#version;
  }
  /** Watches and lists can go back to this version, not further. */
  get compacted(): number {
    return this.#log.compacted;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(collectionOf(key))?.get(key);
  }

  /** All entries whose key starts with `/<group>/<resource>/`, or with a namespace behind it, in the order of their keys. */
  list(prefix: string): readonly Entry[] {
    const all = this.#entries.get(collectionOf(prefix));
    if (all === undefined) return [];
    return [...all.values()].filter(({ key }) => key.startsWith(prefix)).sort(byKey);
  }

  /** The list as it was at an older version; undefined when that is forgotten. */
  listAt(prefix: string, version: number): readonly Entry[] | undefined {
    if (version === this.#version) return this.list(prefix);
    const later = this.#log.after(version);
    if (later === undefined || version > this.#version) return undefined;
    const state = new Map(this.list(prefix).map((entry) => [entry.key, entry]));
    for (const { entry, previous } of later.filter(({ entry: { key } }) => key.startsWith(prefix)).reverse()) {
      if (previous === undefined) state.delete(entry.key);
      else state.set(previous.key, previous);
    }
    return [...state.values()].sort(byKey);
  }

  /** Objects per collection. */
  counts(): readonly (readonly [string, number])[] {
    return [...this.#entries].map(([name, entries]) => [name, entries.size] as const);
  }

  create(key: string, object: KubeObject): WriteOutcome {
    const current = this.get(key);
    if (current !== undefined) return { ok: false, why: 'exists', current };
    return { ok: true, entry: this.#put('ADDED', key, object, undefined) };
  }

  /** Replaces an object whose version is still `expected` (undefined: whatever it is). */
  update(key: string, object: KubeObject, expected: number | undefined): WriteOutcome {
    const current = this.get(key);
    if (current === undefined) return { ok: false, why: 'missing', current };
    if (expected !== undefined && current.version !== expected) return { ok: false, why: 'conflict', current };
    return { ok: true, entry: this.#put('MODIFIED', key, object, current) };
  }

  /** Removes an object; its last state carries the version of the removal, as watches show it. */
  delete(key: string, expected?: number): WriteOutcome {
    const current = this.get(key);
    if (current === undefined) return { ok: false, why: 'missing', current };
    if (expected !== undefined && current.version !== expected) return { ok: false, why: 'conflict', current };
    const version = this.#version + 1;
    this.#database.delete(key, version);
    this.#version = version;
    this.#collection(key).delete(key);
    const entry = entryOf(key, current.object, version);
    this.#tell({ type: 'DELETED', version, entry, previous: current });
    return { ok: true, entry };
  }

  /**
   * Changes below a prefix: first those after `version` that are remembered, then every new one, in order, until the returned
   * function is called. Undefined when `version` is forgotten (410 Gone).
   */
  watch(prefix: string, version: number, listener: (event: StoreEvent) => void): (() => void) | undefined {
    this.#commit(); // or it would be told once more what its caller has already seen
    const past = this.#log.after(version);
    if (past === undefined) return undefined;
    const filtered = (event: StoreEvent) => {
      if (event.entry.key.startsWith(prefix)) listener(event);
    };
    for (const event of past) filtered(event);
    this.#watchers.add(filtered);
    return () => this.#watchers.delete(filtered);
  }

  /** Forgets all changes up to a version. */
  compact(version: number): void {
    this.#log.compact(version);
  }

  /** Calls back when every write so far is committed: at once if it is. */
  whenDurable(run: () => void): void {
    if (this.#events.length === 0) run();
    else this.#waiting.push(run);
  }

  [Symbol.dispose](): void {
    this.#commit();
    this.#database[Symbol.dispose]();
  }

  #put(type: 'ADDED' | 'MODIFIED', key: string, object: KubeObject, previous: Entry | undefined): Entry {
    const version = this.#version + 1;
    const entry = entryOf(key, object, version);
    this.#database.put(entry);
    this.#version = version;
    this.#collection(key).set(key, entry);
    this.#tell({ type, version, entry, previous });
    return entry;
  }

  #tell(event: StoreEvent): void {
    this.#log.add(event, this.#now());
    this.#events.push(event);
    if (this.#afterTurn === undefined) this.#commit();
    else if (this.#events.length === 1) this.#afterTurn(() => this.#commit());
  }

  #commit(): void {
    if (this.#events.length === 0) return;
    try {
      this.#database.commit();
    } catch (error) {
      if (this.#fatal === undefined) throw error;
      this.#fatal(error);
      return;
    }
    const [events, waiting] = [this.#events, this.#waiting];
    this.#events = [];
    this.#waiting = [];
    for (const event of events) for (const watcher of this.#watchers) watcher(event);
    for (const run of waiting) run();
  }

  #collection(key: string): Map<string, Entry> {
    const name = collectionOf(key);
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const made = new Map<string, Entry>();
    this.#entries.set(name, made);
    return made;
  }
}

function entryOf(key: string, object: KubeObject, version: number): Entry {
  // Always in this order, so that lists can leave the first two out of the text.
  const { kind, apiVersion, metadata, ...rest } = object;
  const stored = { kind, apiVersion, metadata: { ...metadata, resourceVersion: String(version) }, ...rest };
  return { key, version, object: stored, json: JSON.stringify(stored) };
}

/** `/<group>/<resource>` of a key or prefix. */
function collectionOf(key: string): string {
  return key.split('/', 3).join('/');
}

function byKey(a: Entry, b: Entry): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
