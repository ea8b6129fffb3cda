import type { Clock } from '../../contracts/clock.ts';
import type { KubeObject } from '../../contracts/kube-client.ts';
import type { Rest } from '../api/rest.ts';
import { timeText } from '../api/objects.ts';
import { systemRequest } from '../bootstrap.ts';
import { groupsOf } from '../discovery/documents.ts';
import { apiService, LOCAL } from '../kinds/api-service.ts';
import { endpointSlice } from '../kinds/endpoints.ts';
import { type KindRegistry, storePrefix } from '../kinds/registry.ts';
import { service } from '../kinds/service.ts';
import type { PathHandler } from '../server/api-server.ts';
import type { Store } from '../store/store.ts';
import { Availability } from './availability.ts';
import { Connections, type FrontProxy } from './connection.ts';
import { aggregation } from './proxy.ts';
import { type Remote, remoteOf, type ServiceLookup } from './target.ts';

export interface AggregatorPorts {
  readonly store: Store;
  readonly rest: Rest;
  readonly registry: KindRegistry;
  readonly clock: Clock;
  readonly frontProxy: FrontProxy;
  readonly log: (line: string) => void;
}

/** Priorities of the groups served here (pkg/controlplane/apiserver/aggregator.go); versions of a group count down from 15. */
const PRIORITIES: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  'rbac.authorization.k8s.io': 17_000,
  'apiextensions.k8s.io': 16_700,
  'coordination.k8s.io': 16_500,
  'discovery.k8s.io': 16_200,
};
const SERVICE_NAME = 'kubernetes.io/service-name';
const AUTOMANAGED = { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' };

/** APIServices and what is behind them. */
export class Aggregator implements Disposable {
  readonly #ports: AggregatorPorts;
  readonly #connections: Connections;
  readonly #availability: Availability;
  readonly #lookup: ServiceLookup;
  readonly #unwatch: readonly (() => void)[];
  #remotes: readonly Remote[] | undefined;

  constructor(ports: AggregatorPorts) {
    this.#ports = ports;
    this.#connections = new Connections(ports.frontProxy);
    this.#addLocal();
    const { store, clock, log } = ports;
    this.#lookup = {
      service: (namespace, name) => ports.rest.find(service, namespace, name)?.object,
      slices: (namespace, name) =>
        store
          .list(storePrefix(endpointSlice, namespace))
          .map(({ object }) => object)
          .filter(({ metadata }) => metadata.labels?.[SERVICE_NAME] === name),
    };
    this.#availability = new Availability({
      clock,
      log,
      remotes: () => this.remotes(),
      lookup: this.#lookup,
      connections: this.#connections,
      setAvailable: (name, condition) => this.#setAvailable(name, condition),
    });
    this.#unwatch = [apiService, service, endpointSlice].map((kind) => {
      const stop = store.watch(storePrefix(kind, undefined), store.version, () => {
        if (kind === apiService) this.#remotes = undefined;
        this.#availability.poke();
      });
      return stop ?? (() => {});
    });
  }

  /** The APIServices that somebody else serves. */
  remotes(): readonly Remote[] {
    this.#remotes ??= this.#ports.store
      .list(storePrefix(apiService, undefined))
      .flatMap(({ object }) => remoteOf(object) ?? []);
    return this.#remotes;
  }

  get handler(): PathHandler {
    const remote = (group: string, version: string) =>
      this.remotes().find((each) => each.group === group && each.version === version);
    return aggregation({ remote, lookup: this.#lookup, connections: this.#connections });
  }

  /** Aggregated discovery of one group version; undefined when it is served here. */
  discovery(group: string, version: string): Readonly<Record<string, unknown>> | undefined {
    const remote = this.remotes().find((each) => each.group === group && each.version === version);
    return remote === undefined ? undefined : this.#availability.discovery(remote);
  }

  [Symbol.dispose](): void {
    for (const stop of this.#unwatch) stop();
    this.#availability.stop();
    this.#connections.close();
  }

  #addLocal(): void {
    const { registry, rest, clock } = this.#ports;
    const groups = [{ name: '', versions: ['v1'] }, ...groupsOf(registry, [])];
    for (const { name, versions } of groups) {
      for (const [at, version] of versions.entries()) {
        const metadata = { name: `${version}.${name}`, labels: AUTOMANAGED };
        if (rest.find(apiService, undefined, metadata.name) !== undefined) continue;
        const versionPriority = name === '' ? 1 : versions.length > 1 && at === 0 ? 30 : 15;
        const groupPriorityMinimum = PRIORITIES[name] ?? 1_000;
        const object: KubeObject = {
          apiVersion: 'apiregistration.k8s.io/v1',
          kind: 'APIService',
          metadata,
          spec: { ...(name === '' ? {} : { group: name }), version, groupPriorityMinimum, versionPriority },
        };
        rest.create(systemRequest(apiService, undefined), object);
        this.#setAvailable(metadata.name, { ...LOCAL, lastTransitionTime: timeText(clock.now()) });
      }
    }
  }

  #setAvailable(name: string, condition: Readonly<Record<string, string>>): void {
    const { rest } = this.#ports;
    if (rest.find(apiService, undefined, name) === undefined) return;
    rest.update(systemRequest(apiService, undefined), name, 'status', (present) => ({
      ...present,
      status: { conditions: [condition] },
    }));
  }
}
