import { createHash } from 'node:crypto';
import type { Kind, Verb } from '../kinds/kind.ts';
import { groupVersion, type KindRegistry } from '../kinds/registry.ts';
import { subresourcesOf } from './subresources.ts';

type Json = Readonly<Record<string, unknown>>;

const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A version of a group that somebody else serves (an APIService). */
export interface RemoteVersion {
  readonly group: string;
  readonly version: string;
}

/** The order in which kube-apiserver lists its own groups (pkg/controlplane/apiserver/aggregator.go); others come after, by name. */
const GROUP_ORDER = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
];

interface Group {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

/** All groups but the legacy one. */
export function groupsOf(registry: KindRegistry, remote: readonly RemoteVersion[]): readonly Group[] {
  const versions = new Map<string, string[]>();
  const add = (group: string, version: string) => {
    const known = versions.get(group) ?? [];
    if (!known.includes(version)) versions.set(group, [...known, version]);
  };
  for (const kind of registry.all()) for (const { version } of kind.versions) add(kind.group, version);
  for (const { group, version } of remote) add(group, version);
  versions.delete('');
  const place = (name: string) => {
    const at = GROUP_ORDER.indexOf(name);
    return at < 0 ? GROUP_ORDER.length : at;
  };
  return [...versions]
    .map(([name, list]) => ({ name, versions: list }))
    .sort((a, b) => place(a.name) - place(b.name) || (a.name < b.name ? -1 : 1));
}

export function groupDocument({ name, versions }: Group): Json {
  const named = versions.map((version) => ({ groupVersion: groupVersion(name, version), version }));
  return { name, versions: named, preferredVersion: named[0] };
}

/** Kinds of a group version in the order of their plural names. */
export function kindsIn(registry: KindRegistry, group: string, version: string): readonly Kind[] {
  return registry
    .all()
    .filter((kind) => kind.group === group && kind.versions.some((each) => each.version === version))
    .sort((a, b) => (a.plural < b.plural ? -1 : 1));
}

/** APIResourceList of a group version. */
export function resourceList(registry: KindRegistry, group: string, version: string): Json {
  const resources = kindsIn(registry, group, version).flatMap((kind) => [
    {
      name: kind.plural,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: kind.verbs ?? ALL_VERBS,
      ...(kind.shortNames === undefined ? {} : { shortNames: kind.shortNames }),
      ...(kind.categories === undefined ? {} : { categories: kind.categories }),
      ...(kind.verbs === undefined ? { storageVersionHash: storageHash(kind) } : {}),
    },
    ...subresourcesOf(kind).map((sub) => ({
      name: `${kind.plural}/${sub.name}`,
      singularName: '',
      namespaced: kind.namespaced,
      ...sub.groupVersion,
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ]);
  const list = { kind: 'APIResourceList', groupVersion: groupVersion(group, version), resources };
  return group === '' ? list : { ...list, apiVersion: 'v1' };
}

/** discovery.StorageVersionHash: of group, version and kind as stored. */
function storageHash(kind: Kind): string {
  const stored = kind.versions.find(({ toStored }) => toStored === undefined) ?? kind.versions[0];
  const text = `${kind.group}/${stored?.version ?? ''}/${kind.kind}`;
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64');
}

/** An item of APIGroupDiscoveryList (apidiscovery.k8s.io/v2). */
export function groupDiscovery(
  registry: KindRegistry,
  group: string,
  versions: readonly string[],
  remote: (group: string, version: string) => Json | undefined,
): Json {
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versions.map(
      (version) =>
        remote(group, version) ?? {
          version,
          resources: kindsIn(registry, group, version).map((kind) => resourceDiscovery(kind)),
          freshness: 'Current',
        },
    ),
  };
}

function resourceDiscovery(kind: Kind): Json {
  const subresources = subresourcesOf(kind).map((sub) => ({
    subresource: sub.name,
    responseKind: { group: '', version: '', ...sub.groupVersion, kind: sub.kind },
    verbs: sub.verbs,
  }));
  return {
    resource: kind.plural,
    responseKind: { group: '', version: '', kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs ?? ALL_VERBS,
    ...(kind.shortNames === undefined ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories === undefined ? {} : { categories: kind.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
