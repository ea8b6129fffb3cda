import type { CustomMetric } from '../provider.ts';
import { CUSTOM_GROUP, EXTERNAL_GROUP, LIST_KINDS, VERSIONS } from './groups.ts';

/** What discovery knows at this moment. */
export interface DiscoveryInput {
  readonly groups: readonly string[];
  readonly externalMetrics: readonly string[];
  readonly customMetrics: readonly CustomMetric[];
}

interface ApiResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/**
 * Names of metrics beside the placeholder. Thousands of them make clients slow (prometheus-adapter#292), an empty list makes
 * controllers complain for ever (keda#4224, client-go#1223).
 */
const MAX_NAMES = 30;

export function groupList({ groups }: DiscoveryInput): unknown {
  return {
    kind: 'APIGroupList',
    groups: groups.map((group) => ({
      ...groupFields(group),
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '' }],
    })),
  };
}

export function groupDocument(group: string): unknown {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupFields(group) };
}

function groupFields(group: string): Readonly<Record<string, unknown>> {
  const versions = (VERSIONS[group] ?? []).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

export function resourceList(input: DiscoveryInput, group: string, version: string): unknown {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: `${group}/${version}`,
    resources: resourcesOf(input, group),
  };
}

function resourcesOf(input: DiscoveryInput, group: string): readonly ApiResource[] {
  const common = { singularName: '', kind: LIST_KINDS[group] ?? '', verbs: ['get'] };
  if (group === EXTERNAL_GROUP) {
    const names = ['externalmetrics', ...input.externalMetrics.slice(0, MAX_NAMES)];
    return names.map((name) => ({ name, namespaced: true, ...common }));
  }
  // Upstream's placeholder has this name: an empty resource with the metric "custommetrics".
  const placeholder = { name: '/custommetrics', namespaced: false, ...common };
  const real = input.customMetrics.slice(0, MAX_NAMES).map(({ resource, metric }) => ({
    name: `${qualified(resource)}/${metric}`,
    namespaced: resource.namespaced,
    ...common,
  }));
  return [placeholder, ...real];
}

function qualified({ group, resource }: CustomMetric['resource']): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/**
 * Aggregated discovery with every resource in it (apidiscovery.k8s.io). Upstream sends an empty list here, after which the
 * kube-apiserver shows its versions without any resource.
 */
export function aggregatedDiscovery(input: DiscoveryInput, version: string): unknown {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: input.groups.map((group) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: (VERSIONS[group] ?? []).map((one) => ({
        version: one,
        resources: discoveryResources(input, group, one),
        freshness: 'Current',
      })),
    })),
  };
}

function discoveryResources(input: DiscoveryInput, group: string, version: string): readonly unknown[] {
  const responseKind = { group, version, kind: LIST_KINDS[group] ?? '' };
  if (group === CUSTOM_GROUP) return customDiscovery(input, responseKind);
  return resourcesOf(input, group).map(({ name, namespaced, verbs }) => ({
    resource: name,
    responseKind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: '',
    verbs,
  }));
}

/** Metrics are subresources of what they describe; the described resource itself cannot be got here. */
function customDiscovery(input: DiscoveryInput, responseKind: Readonly<Record<string, string>>): readonly unknown[] {
  const parents = new Map<string, { scope: string; metrics: string[] }>([
    ['custommetrics', { scope: 'Cluster', metrics: ['custommetrics'] }],
  ]);
  for (const { resource, metric } of input.customMetrics.slice(0, MAX_NAMES)) {
    const name = qualified(resource);
    const parent = parents.get(name) ?? { scope: resource.namespaced ? 'Namespaced' : 'Cluster', metrics: [] };
    parent.metrics.push(metric);
    parents.set(name, parent);
  }
  return [...parents].map(([resource, { scope, metrics }]) => ({
    resource,
    scope,
    singularResource: '',
    verbs: [],
    subresources: metrics.map((subresource) => ({ subresource, responseKind, verbs: ['get'] })),
  }));
}
