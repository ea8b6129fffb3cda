import type { KubeClient, KubeObject } from '../contracts/kube-client.ts';
import { LabError } from '../errors/lab-error.ts';
import { parseObject } from './objects.ts';

/** The resources that the lab itself writes: kind → plural, and whether it lives in a namespace. */
const RESOURCES: Readonly<Record<string, { readonly plural: string; readonly namespaced: boolean }>> = {
  APIService: { plural: 'apiservices', namespaced: false },
  ClusterRole: { plural: 'clusterroles', namespaced: false },
  ClusterRoleBinding: { plural: 'clusterrolebindings', namespaced: false },
  ConfigMap: { plural: 'configmaps', namespaced: true },
  Deployment: { plural: 'deployments', namespaced: true },
  HorizontalPodAutoscaler: { plural: 'horizontalpodautoscalers', namespaced: true },
  Lease: { plural: 'leases', namespaced: true },
  Namespace: { plural: 'namespaces', namespaced: false },
  Node: { plural: 'nodes', namespaced: false },
  Pod: { plural: 'pods', namespaced: true },
  Role: { plural: 'roles', namespaced: true },
  RoleBinding: { plural: 'rolebindings', namespaced: true },
  Secret: { plural: 'secrets', namespaced: true },
  Service: { plural: 'services', namespaced: true },
  ServiceAccount: { plural: 'serviceaccounts', namespaced: true },
};

/** The path of a collection, e.g. `/apis/apps/v1/namespaces/x/deployments`. */
export function collectionPath(apiVersion: string, kind: string, namespace?: string): string {
  const resource = RESOURCES[kind];
  if (resource === undefined)
    throw new LabError('ML-INTERNAL', { text: `kind ${kind} is not in the table of kube/apply.ts` });
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
  return `${group}${scope}/${resource.plural}`;
}

/** The path of one object. */
export function pathOf(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  const { name, namespace } = object.metadata;
  return `${collectionPath(object.apiVersion, object.kind, namespace)}/${encodeURIComponent(name)}`;
}

/** Server-side apply with force: fields that the lab manages are the lab's. Returns the object as stored. */
export async function applyObject(client: KubeClient, object: KubeObject, fieldManager: string): Promise<KubeObject> {
  return parseObject(await client.patch(pathOf(object), 'apply', object, { query: { fieldManager, force: true } }));
}
