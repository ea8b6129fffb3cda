import type { KubeObject } from '../../contracts/kube-client.ts';
import { withMeta } from '../api/objects.ts';
import type { Kind } from '../kinds/kind.ts';
import { storeKey } from '../kinds/registry.ts';
import type { Store, StoreEvent } from '../store/store.ts';
import { ControllerClient } from './client.ts';
import type { ControllerPorts } from './controller.ts';
import { OwnerGraph } from './owner-graph.ts';
import { type OwnerReference, ownersOf } from './pods.ts';
import { WorkQueue } from './work-queue.ts';

export const GARBAGE_COLLECTOR = 'garbage-collector';
const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

type Standing = 'here' | 'going' | 'gone' | 'unknown';

/**
 * pkg/controller/garbagecollector: what belongs to objects that are gone goes too, in the background or before its owner does,
 * or is let go. Works on store keys of all kinds.
 */
export class GarbageCollector {
  readonly #client: ControllerClient;
  readonly #store: Store;
  readonly #graph = new OwnerGraph();
  readonly #queue: WorkQueue;

  constructor(ports: ControllerPorts) {
    const { store, clock, signal, log } = ports;
    this.#store = store;
    this.#client = new ControllerClient(ports, 'generic-garbage-collector');
    this.#queue = new WorkQueue({ name: GARBAGE_COLLECTOR, clock, signal, log, work: (key) => this.#sync(key) });
    const stop = this.#client.watchAll((event) => this.#seen(event));
    signal.addEventListener('abort', stop, { once: true });
    for (const kind of ports.registry.all()) {
      for (const object of this.#client.list(kind)) this.#learn(keyFor(kind, object), object);
    }
  }

  #learn(key: string, object: KubeObject): void {
    this.#graph.put(key, object);
    if (ownersOf(object).length > 0 || isGoing(object)) this.#queue.add(key);
  }

  #seen({ type, entry }: StoreEvent): void {
    const { key, object } = entry;
    const uid = object.metadata.uid ?? '';
    if (type !== 'DELETED') {
      this.#learn(key, object);
      return;
    }
    this.#graph.remove(key, object);
    for (const dependent of this.#graph.dependents(uid)) this.#queue.add(dependent);
    // An owner that waits for its dependents may be waiting for this one.
    for (const owner of ownersOf(object)) {
      const ownerKey = this.#graph.keyOf(owner.uid);
      if (ownerKey !== undefined) this.#queue.add(ownerKey);
    }
  }

  #sync(key: string): void {
    const entry = this.#store.get(key);
    const kind = entry === undefined ? undefined : this.#kindOf(entry.object);
    if (entry === undefined || kind === undefined) return;
    if (isGoing(entry.object)) this.#finish(kind, entry.object);
    else this.#collect(kind, entry.object);
  }

  /** processDeletingDependentsItem, orphanDependents: the finalizers that a deletion's policy left. */
  #finish(kind: Kind, object: KubeObject): void {
    const { finalizers = [], uid = '' } = object.metadata;
    if (finalizers.includes(ORPHAN)) {
      for (const [dependentKind, dependent] of this.#dependentsOf(uid)) this.#letGo(dependentKind, dependent, [uid]);
      this.#withoutFinalizer(kind, object, ORPHAN);
    } else if (finalizers.includes(FOREGROUND)) {
      const blocking = this.#dependentsOf(uid).filter(([, dependent]) =>
        ownersOf(dependent).some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
      );
      if (blocking.length === 0) return this.#withoutFinalizer(kind, object, FOREGROUND);
      for (const [dependentKind, dependent] of blocking) this.#queue.add(keyFor(dependentKind, dependent));
    }
  }

  /** attemptToDeleteItem: an object goes when none of its owners is there to stay. */
  #collect(kind: Kind, object: KubeObject): void {
    const owners = ownersOf(object);
    if (owners.length === 0) return;
    const standing = owners.map((owner) => [owner, this.#standing(owner, object)] as const);
    const lost = standing.filter(([, state]) => state === 'gone' || state === 'going').map(([{ uid }]) => uid);
    if (lost.length === 0) return;
    if (lost.length < owners.length) return this.#letGo(kind, object, lost);
    const { uid = '', finalizers = [] } = object.metadata;
    const waited = standing.some(([, state]) => state === 'going') && this.#graph.dependents(uid).length > 0;
    const own = finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
    this.#client.delete(kind, object, { propagationPolicy: waited ? 'Foreground' : own });
  }

  #standing(owner: OwnerReference, { metadata }: KubeObject): Standing {
    const found = this.#client.registry.byKind(owner.apiVersion, owner.kind);
    // A kind that is not served cannot be asked for: upstream tries again later.
    if (found === undefined) return 'unknown';
    const present = this.#client.find(found.kind, found.kind.namespaced ? metadata.namespace : undefined, owner.name);
    if (present === undefined || present.metadata.uid !== owner.uid) return 'gone';
    return isGoing(present) && (present.metadata.finalizers ?? []).includes(FOREGROUND) ? 'going' : 'here';
  }

  #dependentsOf(uid: string): readonly (readonly [Kind, KubeObject])[] {
    return this.#graph.dependents(uid).flatMap((key) => {
      const object = this.#store.get(key)?.object;
      const kind = object === undefined ? undefined : this.#kindOf(object);
      return object === undefined || kind === undefined ? [] : [[kind, object] as const];
    });
  }

  #letGo(kind: Kind, object: KubeObject, uids: readonly string[]): void {
    this.#client.update(kind, object, 'main', (present) => {
      const rest = ownersOf(present).filter(({ uid }) => !uids.includes(uid));
      return withMeta(present, { ownerReferences: rest.length === 0 ? undefined : rest });
    });
  }

  #withoutFinalizer(kind: Kind, object: KubeObject, name: string): void {
    this.#client.update(kind, object, 'main', (present) => {
      const rest = (present.metadata.finalizers ?? []).filter((each) => each !== name);
      return withMeta(present, { finalizers: rest.length === 0 ? undefined : rest });
    });
  }

  #kindOf({ apiVersion, kind }: KubeObject): Kind | undefined {
    return this.#client.registry.byKind(apiVersion, kind)?.kind;
  }
}

function isGoing({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function keyFor(kind: Kind, { metadata }: KubeObject): string {
  return storeKey(kind, kind.namespaced ? metadata.namespace : undefined, metadata.name);
}
