import type { KubeObject } from '../contracts/kube-client.ts';

export type MetricsApi = 'external' | 'custom';

/** Who the metrics server is in the cluster: a user (client certificate, CN) or a service account. */
export type MetricsServerIdentity =
  | { readonly kind: 'User'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string };

export interface MetricsServerManifestOptions {
  readonly lab: string;
  /** Where the Service stands (and the ServiceAccount, if there is one). */
  readonly namespace: string;
  /** The port of 127.0.0.1 at which the server listens, or that of its pods. */
  readonly port: number;
  /** Labels of its pods; without them it is a process of this machine. */
  readonly pods?: Readonly<Record<string, string>>;
  /** PEM of the CA that signed the serving certificate, which must hold the names of `servingHosts`. Without it somebody else puts it in. */
  readonly caBundle?: string;
  /** Of the APIServices, e.g. for cert-manager to put the CA in. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly identity: MetricsServerIdentity;
  readonly apis: readonly MetricsApi[];
}

/** Name of the Service, and of everything else the server has in its namespace. */
export const SERVICE = 'metrics-lab-metrics-server';
const LAB_LABEL = 'metricslab.dev/lab';
const RBAC = 'rbac.authorization.k8s.io';
/** versionPriority decides which version clients take: v1beta2 of custom.metrics, as upstream's manifests have it. */
const VERSIONS: Readonly<Record<MetricsApi, readonly { readonly version: string; readonly priority: number }[]>> = {
  external: [{ version: 'v1beta1', priority: 100 }],
  custom: [
    { version: 'v1beta1', priority: 100 },
    { version: 'v1beta2', priority: 200 },
  ],
};
/** What `*` queries of custom metrics list; everything that the HPA can point at out of the box. */
const DESCRIBED: readonly { readonly group: string; readonly resources: readonly string[] }[] = [
  { group: '', resources: ['namespaces', 'nodes', 'persistentvolumes', 'pods', 'services'] },
  { group: 'apps', resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'] },
  { group: 'batch', resources: ['jobs', 'cronjobs'] },
  { group: 'networking.k8s.io', resources: ['ingresses'] },
];

/** Names that the serving certificate needs: the aggregator verifies `<service>.<namespace>.svc`, others the address. */
export function servingHosts(namespace: string): readonly string[] {
  return ['127.0.0.1', 'localhost', `${SERVICE}.${namespace}.svc`];
}

/**
 * What a cluster needs to ask a metrics server: a Service (that points at localhost when the server is a process of this
 * machine), the APIServices, and the least RBAC for the server. The HPA controller needs none from us: its own role
 * (system:controller:horizontal-pod-autoscaler, plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go) reads both APIs.
 */
export function metricsServerManifests(options: MetricsServerManifestOptions): readonly KubeObject[] {
  return [
    ...(options.identity.kind === 'ServiceAccount' ? [serviceAccount(options, options.identity)] : []),
    service(options),
    authDelegator(options),
    authenticationReader(options),
    ...(options.apis.includes('custom') ? [objectReader(options), objectReaderBinding(options)] : []),
    ...options.apis.flatMap((api) =>
      VERSIONS[api].map(({ version, priority }) => apiService(options, api, version, priority)),
    ),
  ];
}

/** Names of the APIServices, e.g. to wait until they are available. */
export function apiServiceNames(apis: readonly MetricsApi[]): readonly string[] {
  return apis.flatMap((api) => VERSIONS[api].map(({ version }) => `${version}.${api}.metrics.k8s.io`));
}

/** The label that every object of a lab carries. */
export function labLabels(lab: string): Record<string, string> {
  return { [LAB_LABEL]: lab };
}

function serviceAccount(
  { lab }: MetricsServerManifestOptions,
  who: { readonly name: string; readonly namespace: string },
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: who.name, namespace: who.namespace, labels: labLabels(lab) },
  };
}

/** ExternalName is what lets the aggregator reach a port of this machine (DESIGN 3.1). */
function service({ lab, namespace, port, pods }: MetricsServerManifestOptions): KubeObject {
  const ports = [{ name: 'https', port, protocol: 'TCP' }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: SERVICE, namespace, labels: labLabels(lab) },
    spec: pods === undefined ? { type: 'ExternalName', externalName: 'localhost', ports } : { selector: pods, ports },
  };
}

function apiService(
  options: MetricsServerManifestOptions,
  api: MetricsApi,
  version: string,
  priority: number,
): KubeObject {
  const group = `${api}.metrics.k8s.io`;
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: {
      name: `${version}.${group}`,
      labels: labLabels(options.lab),
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    },
    spec: {
      group,
      version,
      groupPriorityMinimum: 100,
      versionPriority: priority,
      ...(options.caBundle === undefined ? {} : { caBundle: Buffer.from(options.caBundle).toString('base64') }),
      service: { name: SERVICE, namespace: options.namespace, port: options.port },
    },
  };
}

/** TokenReview and SubjectAccessReview. */
function authDelegator(options: MetricsServerManifestOptions): KubeObject {
  return clusterBinding(options, 'auth-delegator', 'system:auth-delegator', [subject(options.identity)]);
}

/** The ConfigMap that says which CAs and headers count. */
function authenticationReader({ lab, identity }: MetricsServerManifestOptions): KubeObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: `metrics-lab-${lab}-authentication-reader`, namespace: 'kube-system', labels: labLabels(lab) },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
    subjects: [subject(identity)],
  };
}

function objectReader({ lab }: MetricsServerManifestOptions): KubeObject {
  const rules = DESCRIBED.map(({ group, resources }) => ({ apiGroups: [group], resources, verbs: ['list', 'watch'] }));
  return clusterRole(lab, 'object-reader', rules);
}

function objectReaderBinding(options: MetricsServerManifestOptions): KubeObject {
  return clusterBinding(options, 'object-reader', roleName(options.lab, 'object-reader'), [subject(options.identity)]);
}

function roleName(lab: string, what: string): string {
  return `metrics-lab-${lab}-${what}`;
}

function clusterRole(lab: string, what: string, rules: readonly unknown[]): KubeObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: roleName(lab, what), labels: labLabels(lab) },
    rules,
  };
}

function clusterBinding(
  { lab }: MetricsServerManifestOptions,
  what: string,
  role: string,
  subjects: readonly unknown[],
): KubeObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: roleName(lab, what), labels: labLabels(lab) },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects,
  };
}

function subject(identity: MetricsServerIdentity): Readonly<Record<string, string>> {
  if (identity.kind === 'User') return { apiGroup: RBAC, kind: 'User', name: identity.name };
  return { kind: 'ServiceAccount', name: identity.name, namespace: identity.namespace };
}
