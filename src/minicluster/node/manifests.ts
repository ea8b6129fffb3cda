import type { KubeObject } from '../../contracts/kube-client.ts';

const LABELS = { 'app.kubernetes.io/part-of': 'metrics-lab', 'app.kubernetes.io/name': 'process-node' } as const;
const RBAC = 'rbac.authorization.k8s.io';
const NAME = 'metricslab:process-node';
const METRICS_NAMESPACE = 'kube-system';
const METRICS_SERVICE = 'process-node-metrics';

/** Names that the node's serving certificate must hold beside 127.0.0.1: the API server calls the metrics API by its Service's name. */
export const SERVING_NAMES: readonly string[] = ['localhost', `${METRICS_SERVICE}.${METRICS_NAMESPACE}.svc`];

/** The identity of a node: common name and organization of its client certificate. */
export function nodeIdentity(nodeName: string): { readonly commonName: string; readonly organization: string } {
  return { commonName: `system:node:${nodeName}`, organization: 'system:nodes' };
}

/**
 * RBAC of one node's identity, the least that works without the Node authorizer: its Node and lease, pods and their
 * statuses, what environments refer to, events, and the delegated authentication of the metrics API. `binds`: it also
 * binds pods (no kube-scheduler). `several`: it is not the only node; the first one asks the others what they use, and those
 * say where their pods listen.
 */
export function nodeRbac(nodeName: string, binds: boolean, several = false): readonly KubeObject[] {
  const user = { kind: 'User', apiGroup: RBAC, name: nodeIdentity(nodeName).commonName };
  const clusterBinding = (name: string, role: string) => ({
    ...named('ClusterRoleBinding', name),
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [user],
  });
  return [
    { ...named('ClusterRole', NAME), rules: nodeRules(binds, several) },
    clusterBinding(`${NAME}:${nodeName}`, NAME),
    clusterBinding(`${NAME}:${nodeName}:auth-delegator`, 'system:auth-delegator'),
    {
      ...named('RoleBinding', `${NAME}:${nodeName}:auth-reader`, 'kube-system'),
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects: [user],
    },
  ];
}

function nodeRules(binds: boolean, several: boolean): readonly object[] {
  return [
    rule([''], ['nodes'], ['create', 'get', 'list', 'watch', 'patch']),
    rule([''], ['nodes/status'], ['patch']),
    rule(['coordination.k8s.io'], ['leases'], ['create', 'patch']),
    rule([''], ['pods'], ['list', 'watch', 'delete', ...(several ? ['patch'] : [])]),
    ...(several ? [rule([''], ['nodes/proxy'], ['get'])] : []),
    rule([''], ['pods/status'], ['patch']),
    ...(binds ? [rule([''], ['pods/binding'], ['create'])] : []),
    rule([''], ['secrets', 'configmaps'], ['get']),
    rule([''], ['services'], ['list', 'watch', 'patch']),
    rule([''], ['events'], ['create', 'patch']),
  ];
}

/** metrics.k8s.io, served by the node on a port of localhost. `caCert` is the PEM of who signed its serving certificate. */
export function metricsApiManifests(options: {
  readonly port: number;
  readonly caCert: string;
}): readonly KubeObject[] {
  const { port, caCert } = options;
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: METRICS_SERVICE, namespace: METRICS_NAMESPACE, labels: LABELS },
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ name: 'https', port, targetPort: port }] },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io', labels: LABELS },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        service: { name: METRICS_SERVICE, namespace: METRICS_NAMESPACE, port },
        caBundle: Buffer.from(caCert).toString('base64'),
        insecureSkipTLSVerify: false,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
    METRICS_READER,
  ];
}

/** As metrics-server ships it: who may view a namespace may see its pods' use. */
const METRICS_READER: KubeObject = {
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: {
    name: 'system:aggregated-metrics-reader',
    labels: {
      ...LABELS,
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
      'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
    },
  },
  rules: [rule(['metrics.k8s.io'], ['pods', 'nodes'], ['get', 'list', 'watch'])],
};

function rule(apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): object {
  return { apiGroups, resources, verbs };
}

function named(kind: string, name: string, namespace?: string): KubeObject {
  const metadata = { name, labels: LABELS, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: `${RBAC}/v1`, kind, metadata };
}
