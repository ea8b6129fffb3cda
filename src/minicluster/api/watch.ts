import type { Clock } from '../../contracts/clock.ts';
import { groupVersion, storePrefix } from '../kinds/registry.ts';
import type { Exchange } from '../server/exchange.ts';
import type { Representation } from '../server/negotiate.ts';
import type { Entry, Store, StoreEvent } from '../store/store.ts';
import { gone, internal } from './failure.ts';
import { versionOf } from './list.ts';
import { type ListOptions, listOptions } from './list-options.ts';
import { includeOf, inVersion, jsonInVersion, partial, type Shown, tableOf } from './present.ts';
import { chosenBy, type Chosen } from './selectors.ts';

type EventType = StoreEvent['type'] | 'BOOKMARK';

export interface WatchPorts {
  readonly store: Store;
  readonly clock: Clock;
}

const BOOKMARK_MS = 60_000;
/** Without a wish the server ends a watch by itself after 30 to 60 minutes (--min-request-timeout). */
const DEFAULT_TIMEOUT_MS = 45 * 60_000;
const INITIAL_END = 'k8s.io/initial-events-end';
/** A client that reads nothing for this many bytes is cut off. */
const MAX_BUFFERED = 64 * 1024 * 1024;

/** GET of a collection with watch=true: events as lines of JSON until the client goes or the time is over. */
export function watch(
  exchange: Exchange,
  shown: Shown,
  namespace: string | undefined,
  { store, clock }: WatchPorts,
  how: Representation,
): void {
  const options = listOptions(exchange.query, true);
  const chosen = chosenBy(shown.kind, exchange.query);
  const { resourceVersion } = options;
  const from = resourceVersion === '' ? 0 : versionOf(resourceVersion, internal);
  const stream = new WatchStream(exchange, shown, how);
  exchange.head(200, 'application/json');
  const prefix = storePrefix(shown.kind, namespace);
  const stop = begin(stream, prefix, from, options, chosen, store, shown.kind.since ?? 0);
  if (stop === undefined) {
    const why = `too old resource version: ${from} (${store.compacted + 1})`;
    stream.end(`{"type":"ERROR","object":${JSON.stringify(gone(why).status)}}\n`);
    return;
  }
  stream.flush();
  const over = new AbortController();
  exchange.response.once('close', () => {
    stop();
    over.abort();
  });
  const timeoutMs = options.timeoutSeconds === undefined ? DEFAULT_TIMEOUT_MS : options.timeoutSeconds * 1000;
  void keep(stream, timeoutMs, options.bookmarks, store, clock, over.signal);
}

/** Sends what is there and what was, and listens to what comes. */
function begin(
  stream: WatchStream,
  prefix: string,
  from: number,
  options: ListOptions,
  chosen: Chosen | undefined,
  store: Store,
  since: number,
): (() => void) | undefined {
  const initial = options.sendInitialEvents ?? from === 0;
  let start = from;
  if (initial) {
    start = store.version;
    for (const entry of store.list(prefix)) if (chosen?.(entry.object) ?? true) stream.event('ADDED', entry);
    if (options.sendInitialEvents === true && options.bookmarks) stream.bookmark(start, { [INITIAL_END]: 'true' });
  } else if (from === 0) start = store.version;
  else if (from < since) return undefined;
  if (start > store.version) start = store.version;
  return store.watch(prefix, start, (event) => {
    if (event.version <= from && !initial) return;
    const seen = asSeen(event, chosen);
    if (seen !== undefined) stream.event(seen.type, seen.entry);
  });
}

/** What a change is to somebody who sees only what a selector chooses (cacher/cache_watcher.go). */
function asSeen(event: StoreEvent, chosen: Chosen | undefined): { type: StoreEvent['type']; entry: Entry } | undefined {
  if (chosen === undefined) return event;
  const { type, entry, previous } = event;
  const before = previous !== undefined && chosen(previous.object);
  const after = type !== 'DELETED' && chosen(entry.object);
  if (before && after) return { type: 'MODIFIED', entry };
  if (after) return { type: 'ADDED', entry };
  if (!before || previous === undefined) return undefined;
  // It leaves: shown as it was, with the version at which it left.
  return { type: 'DELETED', entry: type === 'DELETED' ? entry : at(previous, event.version) };
}

function at(entry: Entry, version: number): Entry {
  const metadata = { ...entry.object.metadata, resourceVersion: String(version) };
  const object = { ...entry.object, metadata };
  return { ...entry, version, object, json: JSON.stringify(object) };
}

async function keep(
  stream: WatchStream,
  timeoutMs: number,
  bookmarks: boolean,
  store: Store,
  clock: Clock,
  over: AbortSignal,
): Promise<void> {
  const end = clock.monotonic() + timeoutMs;
  while (!over.aborted) {
    const left = end - clock.monotonic();
    if (left <= 0) break;
    await clock.sleep(Math.min(left, BOOKMARK_MS), over).catch(() => {});
    if (bookmarks && !over.aborted) stream.bookmark(store.version, undefined);
  }
  if (!over.aborted) stream.end('');
}

class WatchStream {
  readonly #exchange: Exchange;
  readonly #shown: Shown;
  readonly #how: Representation;
  #tables = 0;

  constructor(exchange: Exchange, shown: Shown, how: Representation) {
    this.#exchange = exchange;
    this.#shown = shown;
    this.#how = how;
    // Refuses a wrong includeObject before the answer begins.
    if (how.as === 'Table') includeOf(exchange.query);
  }

  event(type: EventType, entry: Entry): void {
    this.#write(type, this.#objectJson(entry));
  }

  bookmark(version: number, annotations: Readonly<Record<string, string>> | undefined): void {
    const { kind, version: wire } = this.#shown;
    const { as, metaVersion } = this.#how;
    const resourceVersion = String(version);
    const metadata = { resourceVersion, ...(annotations === undefined ? {} : { annotations }) };
    const metaApi = `meta.k8s.io/${metaVersion}`;
    const ofKind = { kind: kind.kind, apiVersion: groupVersion(kind.group, wire.version), metadata };
    const ofMeta = { kind: 'PartialObjectMetadata', apiVersion: metaApi, metadata };
    const table = { kind: 'Table', apiVersion: metaApi, metadata: { resourceVersion }, columnDefinitions: [] };
    const whole =
      as === 'object' ? ofKind : as === 'Table' ? { ...table, rows: [{ cells: [], object: ofMeta }] } : ofMeta;
    this.#write('BOOKMARK', JSON.stringify(whole));
  }

  /** Headers must be out before the first event, or a client waits for its answer. */
  flush(): void {
    const { response } = this.#exchange;
    if ('flushHeaders' in response) (response as { flushHeaders(): void }).flushHeaders();
  }

  end(last: string): void {
    this.#exchange.response.end(last);
  }

  #objectJson(entry: Entry): string {
    const { as, metaVersion } = this.#how;
    if (as === 'object') return jsonInVersion(this.#shown, entry);
    if (as === 'Table') {
      this.#tables += 1;
      const meta = { resourceVersion: String(entry.version) };
      const include = includeOf(this.#exchange.query);
      const shown = this.#shown;
      return JSON.stringify(tableOf(shown, [entry.object], meta, this.#how, include, this.#tables === 1));
    }
    return JSON.stringify(partial(inVersion(this.#shown, entry.object), metaVersion));
  }

  #write(type: EventType, object: string): void {
    const { response } = this.#exchange;
    response.write(`{"type":"${type}","object":${object}}\n`);
    const waiting = (response as { readonly writableLength?: number }).writableLength ?? 0;
    if (waiting > MAX_BUFFERED) response.end();
  }
}
