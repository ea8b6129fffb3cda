import type { KubeObject } from '../../contracts/kube-client.ts';
import { systemRequest } from '../bootstrap.ts';
import type { DeleteOptions } from '../api/deletion.ts';
import { notFound } from '../api/failure.ts';
import type { Part, Rest, WriteRequest } from '../api/rest.ts';
import type { Kind } from '../kinds/kind.ts';
import { type KindRegistry, storePrefix } from '../kinds/registry.ts';
import type { Store, StoreEvent } from '../store/store.ts';

/** A resource as paths of the API name it. */
export interface Resource {
  readonly group: string;
  readonly plural: string;
}

export const PODS: Resource = { group: '', plural: 'pods' };
export const NODES: Resource = { group: '', plural: 'nodes' };
export const LEASES: Resource = { group: 'coordination.k8s.io', plural: 'leases' };
export const SERVICES: Resource = { group: '', plural: 'services' };
export const ENDPOINTS: Resource = { group: '', plural: 'endpoints' };
export const NAMESPACES: Resource = { group: '', plural: 'namespaces' };
export const EVENTS: Resource = { group: '', plural: 'events' };
export const CONFIG_MAPS: Resource = { group: '', plural: 'configmaps' };
export const SERVICE_ACCOUNTS: Resource = { group: '', plural: 'serviceaccounts' };
export const ENDPOINT_SLICES: Resource = { group: 'discovery.k8s.io', plural: 'endpointslices' };
export const DEPLOYMENTS: Resource = { group: 'apps', plural: 'deployments' };
export const REPLICA_SETS: Resource = { group: 'apps', plural: 'replicasets' };
export const STATEFUL_SETS: Resource = { group: 'apps', plural: 'statefulsets' };
export const HPAS: Resource = { group: 'autoscaling', plural: 'horizontalpodautoscalers' };

export interface ClientPorts {
  readonly rest: Rest;
  readonly store: Store;
  readonly registry: KindRegistry;
}

/**
 * What a controller sees of the API, in the same process: the rules of HTTP requests (admission, generation, conflicts), and no
 * connection. Reads are never stale and nothing happens between two calls, so that controllers need no caches and no
 * expectations of what their informers will show. Everything raises ApiFailure.
 */
export class ControllerClient {
  readonly #ports: ClientPorts;
  readonly #user: string;

  /** `account`: of kube-system, as which it writes; upstream's --use-service-account-credentials. */
  constructor(ports: ClientPorts, account: string) {
    this.#ports = ports;
    this.#user = `system:serviceaccount:kube-system:${account}`;
  }

  get registry(): KindRegistry {
    return this.#ports.registry;
  }

  /** Objects of a namespace, or of all. None of a kind that is not served. */
  list(resource: Resource, namespace?: string): readonly KubeObject[] {
    const kind = this.#ports.registry.get(resource.group, resource.plural);
    if (kind === undefined) return [];
    return this.#ports.store.list(storePrefix(kind, namespace)).map(({ object }) => object);
  }

  find(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
    const kind = this.#ports.registry.get(resource.group, resource.plural);
    return kind === undefined ? undefined : this.#ports.rest.find(kind, namespace, name)?.object;
  }

  create(resource: Resource, object: KubeObject): KubeObject {
    return this.#ports.rest.create(this.#request(this.#kind(resource), object.metadata.namespace), object);
  }

  /** Replaces what is stored now by what `change` makes of it. Not found when another object has the name meanwhile. */
  update(
    resource: Resource,
    { metadata }: KubeObject,
    part: Part,
    change: (present: KubeObject) => KubeObject,
  ): KubeObject {
    const kind = this.#kind(resource);
    const request = this.#request(kind, metadata.namespace);
    return this.#ports.rest.update(request, metadata.name, part, (present) => {
      if (present.metadata.uid !== metadata.uid) throw notFound(kind, metadata.name);
      return change(present);
    }).object;
  }

  /** Deletes this very object: one of the same name and another uid is a conflict. */
  delete(resource: Resource, { metadata }: KubeObject, options: DeleteOptions = {}): void {
    const { uid, name, namespace } = metadata;
    const preconditions = { ...(uid === undefined ? {} : { uid }), ...options.preconditions };
    this.#ports.rest.delete(this.#request(this.#kind(resource), namespace), name, { ...options, preconditions });
  }

  /** Tells of every change from now on until the returned function is called. Listeners must not write. */
  watch(resource: Resource, listener: (event: StoreEvent) => void): () => void {
    return this.#watchBelow(storePrefix(this.#kind(resource), undefined), listener);
  }

  /** The same for all objects of all kinds. */
  watchAll(listener: (event: StoreEvent) => void): () => void {
    return this.#watchBelow('/', listener);
  }

  #watchBelow(prefix: string, listener: (event: StoreEvent) => void): () => void {
    const { store } = this.#ports;
    return store.watch(prefix, store.version, listener) ?? (() => {});
  }

  #kind({ group, plural }: Resource): Kind {
    const kind = this.#ports.registry.get(group, plural);
    if (kind === undefined) throw notFound({ group, plural }, '');
    return kind;
  }

  #request(kind: Kind, namespace: string | undefined): WriteRequest {
    const user = {
      name: this.#user,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      extra: {},
    };
    const request = systemRequest(kind, kind.namespaced ? namespace : undefined);
    // The stored version: what controllers write is not converted.
    const version = kind.versions.find(({ toStored }) => toStored === undefined) ?? request.version;
    return { ...request, version, user, manager: 'kube-controller-manager' };
  }
}
