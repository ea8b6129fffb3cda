import type { KubeObject } from '../../contracts/kube-client.ts';
import { fieldAt } from '../api/objects.ts';
import type { Kind, KindVersion } from '../kinds/kind.ts';
import { groupVersion } from '../kinds/registry.ts';

const TEMPLATE = { metadata: {}, spec: { containers: null } };
const REF = { kind: '', name: '' };

/**
 * What Go's empty struct of a kind looks like as JSON: a creation is compared with it, so that structs that are no pointers are
 * never new. From the defaults in upstream's OpenAPI. Kinds that are not here are just their metadata.
 */
const ZEROS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '/Event': {
    involvedObject: {},
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  },
  '/Namespace': { spec: {}, status: {} },
  '/Node': { spec: {}, status: { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: {} } },
  '/Pod': { spec: { containers: null }, status: {} },
  '/Service': { spec: {}, status: { loadBalancer: {} } },
  'apps/Deployment': { spec: { selector: null, strategy: {}, template: TEMPLATE }, status: {} },
  'apps/ReplicaSet': { spec: { selector: null, template: TEMPLATE }, status: { replicas: 0 } },
  'apps/StatefulSet': { spec: { selector: null, template: TEMPLATE, updateStrategy: {} }, status: { replicas: 0 } },
  'autoscaling/HorizontalPodAutoscaler': { spec: { maxReplicas: 0, scaleTargetRef: REF }, status: {} },
  'rbac.authorization.k8s.io/Role': { rules: null },
  'rbac.authorization.k8s.io/ClusterRole': { rules: null },
  'rbac.authorization.k8s.io/RoleBinding': { roleRef: { apiGroup: '', ...REF } },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { roleRef: { apiGroup: '', ...REF } },
  'discovery.k8s.io/EndpointSlice': { addressType: '', endpoints: null, ports: null },
  'events.k8s.io/Event': {
    deprecatedSource: {},
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
    eventTime: null,
    regarding: {},
  },
  'coordination.k8s.io/Lease': { spec: {} },
  'apiregistration.k8s.io/APIService': { spec: { groupPriorityMinimum: 0, versionPriority: 0 }, status: {} },
  'apiextensions.k8s.io/CustomResourceDefinition': {
    spec: { group: '', names: { kind: '', plural: '' }, scope: '', versions: null },
    status: { acceptedNames: { kind: '', plural: '' }, conditions: null, storedVersions: null },
  },
};

export function zeroOf(kind: Kind, version: KindVersion): KubeObject {
  const own = ZEROS[`${kind.group}/${kind.kind}`] ?? {};
  const metadata = {} as KubeObject['metadata'];
  return { apiVersion: groupVersion(kind.group, version.version), kind: kind.kind, metadata, ...own };
}

/** What a kind's defaults fill in here, but upstream only after owners are found: the allocators of services. */
const LATE: Readonly<Record<string, readonly string[]>> = { '/Service': ['ipFamilies', 'ipFamilyPolicy'] };

/** A submitted object as upstream's decoder hands it on: with defaults. */
export function asDecoded(kind: Kind, given: KubeObject): KubeObject {
  const defaulted = kind.default?.(given) ?? given;
  const late = (LATE[`${kind.group}/${kind.kind}`] ?? []).filter(
    (name) => fieldAt(given, ['spec', name]) === undefined,
  );
  if (late.length === 0) return defaulted;
  const spec = Object.entries(defaulted['spec'] as object).filter(([name]) => !late.includes(name));
  return { ...defaulted, spec: Object.fromEntries(spec) };
}
