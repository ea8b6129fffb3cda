import { z } from 'zod';
import type { Labels } from '../../kube/label-selector.ts';
import { parseAs } from '../../kube/objects.ts';
import { findKind, type KnownKind, type ObjectDirectory } from './directory.ts';

const Objects = z.object({
  items: z.array(
    z.object({
      apiVersion: z.string(),
      kind: z.string(),
      metadata: z.object({
        name: z.string(),
        namespace: z.string().optional(),
        labels: z.record(z.string(), z.string()).optional(),
      }),
    }),
  ),
});

/** Kinds that are known without a cluster: kind, plural, group, version, namespaced. */
const BUILT_IN: readonly (readonly [string, string, string, string, boolean])[] = [
  ['Namespace', 'namespaces', '', 'v1', false],
  ['Node', 'nodes', '', 'v1', false],
  ['PersistentVolume', 'persistentvolumes', '', 'v1', false],
  ['PersistentVolumeClaim', 'persistentvolumeclaims', '', 'v1', true],
  ['Pod', 'pods', '', 'v1', true],
  ['Service', 'services', '', 'v1', true],
  ['ConfigMap', 'configmaps', '', 'v1', true],
  ['ReplicationController', 'replicationcontrollers', '', 'v1', true],
  ['Deployment', 'deployments', 'apps', 'v1', true],
  ['ReplicaSet', 'replicasets', 'apps', 'v1', true],
  ['StatefulSet', 'statefulsets', 'apps', 'v1', true],
  ['DaemonSet', 'daemonsets', 'apps', 'v1', true],
  ['Job', 'jobs', 'batch', 'v1', true],
  ['CronJob', 'cronjobs', 'batch', 'v1', true],
  ['Ingress', 'ingresses', 'networking.k8s.io', 'v1', true],
  ['HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'autoscaling', 'v2', true],
];
const KINDS: readonly KnownKind[] = BUILT_IN.map(([kind, resource, group, version, namespaced]) => ({
  kind,
  resource,
  group,
  version,
  namespaced,
  singular: kind.toLowerCase(),
}));

/** Objects out of a List, for a server without a cluster. Raises ML-KUBE-SHAPE when it is none. */
export function staticDirectory(list: unknown): ObjectDirectory {
  const objects = new Map<string, { readonly name: string; readonly labels: Labels }[]>();
  for (const { apiVersion, kind, metadata } of parseAs(Objects, list, 'the list of objects').items) {
    const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
    const known = KINDS.find((one) => one.kind === kind && one.group === group);
    if (known === undefined) continue; // e.g. roles: nobody measures them
    const key = `${group}/${known.resource}/${metadata.namespace ?? ''}`;
    const entry = { name: metadata.name, labels: metadata.labels ?? {} };
    objects.set(key, [...(objects.get(key) ?? []), entry]);
  }
  return {
    resolve: (resource) => findKind(KINDS, resource),
    names: (kind, namespace, selector) =>
      (objects.get(`${kind.group}/${kind.resource}/${namespace ?? ''}`) ?? [])
        .filter((one) => selector.matches(one.labels))
        .map((one) => one.name)
        .sort(),
    revision: 0,
    stop: () => undefined,
  };
}
