import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient, ListWatch, ObjectMeta } from '../../contracts/kube-client.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import type { Selector } from '../../kube/label-selector.ts';
import { listWatch } from '../../kube/list-watch.ts';
import { Meta } from '../../kube/objects.ts';
import type { ResourceKind } from '../provider.ts';
import { findKind, type KnownKind, type ObjectDirectory } from './directory.ts';
import { clusterKinds } from './kinds.ts';

/** A kind that nobody knows is looked for again, but not with every request. */
const REFRESH_MS = 5_000;
/** How long the first query of a kind waits for its objects. */
const FIRST_LIST_MS = 8_000;
/** Objects of a kind that nobody asks about are let go. */
const IDLE_MS = 10 * 60_000;

interface Named {
  readonly metadata: ObjectMeta;
}
interface Store {
  readonly list: ListWatch<Named>;
  readonly byNamespace: { revision: number; groups: ReadonlyMap<string, readonly Named[]> };
  changes: number;
  lastUse: number;
  lastError: LabError | undefined;
}
const NamedShape = z.object({ metadata: Meta });

/**
 * Kinds and objects of a cluster. The objects of a kind are watched from the first query that needs them, so that a query
 * costs memory access; upstream lists them from the API server every time (provider/helpers ListObjectNames).
 */
export class ClusterDirectory implements ObjectDirectory {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #onError: (error: LabError) => void;
  readonly #stores = new Map<string, Store>();
  readonly #resolved = new Map<string, ResourceKind>();
  #kinds: readonly KnownKind[] = [];
  #kindsAt = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | undefined;
  #revision = 0;

  constructor(client: KubeClient, clock: Clock, onError: (error: LabError) => void) {
    this.#client = client;
    this.#clock = clock;
    this.#onError = onError;
  }

  get revision(): number {
    return this.#revision;
  }

  resolve(resource: string): ResourceKind | undefined | Promise<ResourceKind | undefined> {
    return this.#resolved.get(resource) ?? this.#lookUp(resource);
  }

  names(
    kind: ResourceKind,
    namespace: string | undefined,
    selector: Selector,
  ): readonly string[] | Promise<readonly string[]> {
    const key = `${kind.group}/${kind.resource}`;
    const store = this.#stores.get(key) ?? this.#open(key, kind);
    store.lastUse = this.#clock.monotonic();
    if (store.changes > 0) return matching(store, namespace, selector);
    return this.#firstList(key, store).then(() => matching(store, namespace, selector));
  }

  stop(): void {
    for (const { list } of this.#stores.values()) list.stop();
    this.#stores.clear();
  }

  async #lookUp(resource: string): Promise<ResourceKind | undefined> {
    const known = findKind(this.#kinds, resource);
    if (known === undefined && this.#clock.monotonic() - this.#kindsAt > REFRESH_MS) await this.#refresh();
    const found = known ?? findKind(this.#kinds, resource);
    if (found !== undefined && this.#resolved.size < 10_000) this.#resolved.set(resource, found);
    return found;
  }

  #refresh(): Promise<void> {
    this.#loading ??= clusterKinds(this.#client)
      .then((kinds) => {
        this.#kinds = kinds;
        this.#kindsAt = this.#clock.monotonic();
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  #open(key: string, kind: ResourceKind): Store {
    this.#letIdleGo();
    const path = `${kind.group === '' ? '/api' : `/apis/${kind.group}`}/${kind.version}/${kind.resource}`;
    const list: ListWatch<Named> = listWatch(this.#client, path, {
      clock: this.#clock,
      // Names and labels are all that is kept.
      parse: (foreign) => {
        const { name, namespace, labels } = NamedShape.parse(foreign).metadata;
        return {
          metadata: {
            name,
            ...(namespace === undefined ? {} : { namespace }),
            ...(labels === undefined ? {} : { labels }),
          },
        };
      },
      onError: (error) => {
        store.lastError = error;
        this.#onError(error);
      },
    });
    const store: Store = {
      list,
      byNamespace: { revision: 0, groups: new Map() },
      changes: 0,
      lastUse: 0,
      lastError: undefined,
    };
    list.onChange(() => {
      store.changes += 1;
      this.#revision += 1;
    });
    this.#stores.set(key, store);
    return store;
  }

  async #firstList(key: string, store: Store): Promise<void> {
    const finished = new AbortController();
    const late = this.#clock.sleep(FIRST_LIST_MS, finished.signal).then(
      () => 'late' as const,
      () => 'listed' as const,
    );
    const first = await Promise.race([store.list.synced, late]);
    finished.abort();
    if (first !== 'late') return;
    const cause = store.lastError === undefined ? 'the API server does not answer' : describe(store.lastError);
    throw new LabError('ML-METRIC-OBJECTS', { resource: key, cause });
  }

  #letIdleGo(): void {
    const now = this.#clock.monotonic();
    for (const [key, store] of this.#stores) {
      if (now - store.lastUse < IDLE_MS) continue;
      store.list.stop();
      this.#stores.delete(key);
    }
  }
}

function matching(store: Store, namespace: string | undefined, selector: Selector): readonly string[] {
  const { byNamespace, changes } = store;
  if (byNamespace.revision !== changes) {
    byNamespace.groups = Map.groupBy(store.list.items(), ({ metadata }) => metadata.namespace ?? '');
    byNamespace.revision = changes;
  }
  const inside = byNamespace.groups.get(namespace ?? '') ?? [];
  const found = inside.filter(({ metadata }) => selector.matches(metadata.labels ?? {}));
  return found.map(({ metadata }) => metadata.name).sort();
}
