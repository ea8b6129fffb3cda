import { z } from 'zod';
import type { Clock } from '../contracts/clock.ts';
import type { KubeClient, ListWatch, ObjectMeta } from '../contracts/kube-client.ts';
import { asLabError, type LabError } from '../errors/lab-error.ts';

export interface ListWatchOptions<T> {
  /** Turns one foreign object into the typed one; objects that it refuses (throws) are reported and left out. */
  readonly parse: (object: unknown) => T;
  readonly clock: Clock;
  /** Selectors, as in the API: `labelSelector`, `fieldSelector`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly onError?: (error: LabError) => void;
  readonly signal?: AbortSignal;
}

const List = z.object({
  metadata: z.object({ resourceVersion: z.string().optional() }),
  items: z.array(z.unknown()).nullish(),
});
const Versioned = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const BACK_OFF_MS = { first: 200, most: 10_000 } as const;
/** The server ends a watch after this time, so that a silently dead connection is noticed (client-go's 5 to 10 minutes). */
const WATCH_SECONDS = 290;

/**
 * A store of one collection, kept up to date: list, then watch from there; a closed watch goes on where it stopped, a
 * gone version (410) or a fault lists again with back-off. It never ends by itself (client-js#364, #596, #1933).
 */
export function listWatch<T extends { readonly metadata: ObjectMeta }>(
  client: KubeClient,
  path: string,
  options: ListWatchOptions<T>,
): ListWatch<T> {
  const stopped = new AbortController();
  const signal = options.signal === undefined ? stopped.signal : AbortSignal.any([options.signal, stopped.signal]);
  const store = new Map<string, T>();
  const listeners: Parameters<ListWatch<T>['onChange']>[0][] = [];
  const { promise: synced, resolve: markSynced } = Promise.withResolvers<void>();
  let staleSince: number | undefined = options.clock.now();

  const parse = (foreign: unknown): T | undefined => {
    try {
      return options.parse(foreign);
    } catch (error) {
      options.onError?.(asLabError(error));
      return undefined;
    }
  };
  const tell = (change?: { type: 'set' | 'delete'; object: T }) => {
    for (const listener of listeners) listener(change);
  };

  const list = async (): Promise<string> => {
    const body = List.parse(await client.json('GET', path, undefined, { query: { ...options.query }, signal }));
    store.clear();
    for (const item of body.items ?? []) {
      const object = parse(item);
      if (object !== undefined) store.set(keyOf(object), object);
    }
    staleSince = undefined;
    markSynced();
    tell();
    return body.metadata.resourceVersion ?? '';
  };

  /** Watches once from a version; resolves to the version to go on from, or undefined when a new list is needed. */
  const watchFrom = async (version: string): Promise<string | undefined> => {
    let last = version;
    const query = { ...options.query, resourceVersion: version, timeoutSeconds: WATCH_SECONDS };
    for await (const event of client.watch(path, { query, signal })) {
      if (event.type === 'ERROR') return undefined; // 410 Gone, or something that only a new list can answer
      last = Versioned.safeParse(event.object).data?.metadata.resourceVersion ?? last;
      if (event.type === 'BOOKMARK') continue;
      const object = parse(event.object);
      if (object === undefined) continue;
      if (event.type === 'DELETED') store.delete(keyOf(object));
      else store.set(keyOf(object), object);
      tell({ type: event.type === 'DELETED' ? 'delete' : 'set', object });
    }
    return last;
  };

  const run = async () => {
    let pause: number = BACK_OFF_MS.first;
    let version: string | undefined;
    while (!signal.aborted) {
      const begun = options.clock.monotonic();
      try {
        version ??= await list();
        version = await watchFrom(version);
        staleSince = version === undefined ? options.clock.now() : undefined;
      } catch (error) {
        if (signal.aborted) return;
        staleSince ??= options.clock.now();
        version = undefined;
        options.onError?.(asLabError(error));
      }
      // A watch that lasted was healthy; one that ends at once must not become a storm of requests.
      pause = options.clock.monotonic() - begun > 10_000 ? BACK_OFF_MS.first : Math.min(pause * 2, BACK_OFF_MS.most);
      await options.clock
        .sleep(version === undefined || pause > BACK_OFF_MS.first * 2 ? pause : 0, signal)
        .catch(() => signal.aborted);
    }
  };
  void run();

  return {
    synced,
    items: () => [...store.values()],
    get: (namespace, name) => store.get(`${namespace ?? ''}/${name}`),
    get staleSince() {
      return staleSince;
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
    stop: () => stopped.abort(),
  };
}

function keyOf(object: { readonly metadata: ObjectMeta }): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
