import type { KubeObject } from '../contracts/kube-client.ts';
import { internal } from './api/failure.ts';
import type { Rest, WriteRequest } from './api/rest.ts';
import { CLUSTER_ROLES } from './auth/default-roles.ts';
import type { Kind } from './kinds/kind.ts';
import type { KindRegistry } from './kinds/registry.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const aggregateTo = (role: string) => ({ [`${RBAC}/aggregate-to-${role}`]: 'true' });
const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

const group = (name: string) => ({ apiGroup: RBAC, kind: 'Group', name });
const user = (name: string) => ({ apiGroup: RBAC, kind: 'User', name });
/** Who has a cluster role from the start, beside the controllers' own accounts. */
const BINDINGS: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:discovery': [group('system:authenticated')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:monitoring': [group('system:monitoring')],
  // Upstream leaves nodes to the node authorizer; a lab has one node, and its certificate.
  'system:node': [group('system:nodes')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  'system:volume-scheduler': [user('system:kube-scheduler')],
};
/** The three roles for people, made of what carries their label. */
const AGGREGATED: Readonly<Record<string, readonly string[]>> = { admin: [], edit: ['admin'], view: ['edit'] };
const CONTROLLER = 'system:controller:';
const READER = 'extension-apiserver-authentication-reader';

export interface BootstrapPorts {
  readonly rest: Rest;
  readonly registry: KindRegistry;
  /** PEM of the authorities that aggregated servers are to trust. */
  readonly clientCas: readonly string[];
  readonly requestHeaderCa: string;
}

/** Makes what a fresh cluster has: namespaces, roles and their bindings. What is there stays as it is. */
export function bootstrap(ports: BootstrapPorts): void {
  const add = (plural: string, groupName: string, object: KubeObject) => ensure(ports, groupName, plural, object);
  for (const name of NAMESPACES) add('namespaces', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const [name, rules] of Object.entries(CLUSTER_ROLES)) {
    const aggregate = /^system:aggregate-to-(.+)$/.exec(name)?.[1];
    const labels = { ...LABELS, ...(aggregate === undefined ? {} : aggregateTo(aggregate)) };
    add('clusterroles', RBAC, { ...rbac('ClusterRole', name, labels), rules: rules.map(parseRule) });
    if (name.startsWith(CONTROLLER)) add('clusterrolebindings', RBAC, controllerBinding(name));
  }
  for (const [name, into] of Object.entries(AGGREGATED)) {
    const labels = { ...LABELS, ...Object.assign({}, ...into.map(aggregateTo)) };
    const clusterRoleSelectors = [{ matchLabels: aggregateTo(name) }];
    add('clusterroles', RBAC, { ...rbac('ClusterRole', name, labels), aggregationRule: { clusterRoleSelectors } });
  }
  for (const [name, subjects] of Object.entries(BINDINGS)) {
    add('clusterrolebindings', RBAC, binding('ClusterRoleBinding', name, ref('ClusterRole', name), subjects));
  }
  systemNamespace(add, ports);
}

/** What delegated authentication of aggregated servers reads (the config map), and who may read it. */
function systemNamespace(
  add: (plural: string, groupName: string, object: KubeObject) => void,
  { clientCas, requestHeaderCa }: BootstrapPorts,
): void {
  const namespace = 'kube-system';
  const inSystem = (object: KubeObject) => ({ ...object, metadata: { ...object.metadata, namespace } });
  const rules = [parseRule('get,list,watch core configmaps extension-apiserver-authentication')];
  add('roles', RBAC, inSystem({ ...rbac('Role', READER, LABELS), rules }));
  const readers = [user('system:kube-controller-manager'), user('system:kube-scheduler')];
  add('rolebindings', RBAC, inSystem(binding('RoleBinding', `system::${READER}`, ref('Role', READER), readers)));
  const data = {
    'client-ca-file': clientCas.join(''),
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-client-ca-file': requestHeaderCa,
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-uid-headers': '["X-Remote-Uid"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  };
  const name = 'extension-apiserver-authentication';
  add('configmaps', '', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
}

function ensure({ rest, registry }: BootstrapPorts, groupName: string, plural: string, object: KubeObject): void {
  const kind = registry.get(groupName, plural);
  const version = kind?.versions[0];
  if (kind === undefined || version === undefined) return;
  const { namespace } = object.metadata;
  if (rest.find(kind, namespace, object.metadata.name) !== undefined) return;
  rest.create(systemRequest(kind, namespace), object);
}

/** A write by the API server itself. */
export function systemRequest(kind: Kind, namespace: string | undefined): WriteRequest {
  const [version] = kind.versions;
  if (version === undefined) throw internal(`${kind.kind} has no version`);
  const systemUser = { name: 'system:apiserver', groups: ['system:masters'], extra: {} };
  return { kind, version, namespace, user: systemUser, manager: 'kube-apiserver', dryRun: false, warn: () => {} };
}

function rbac(kind: string, name: string, labels: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: `${RBAC}/v1`, kind, metadata: { name, labels, annotations: ANNOTATIONS } };
}

function ref(kind: string, name: string): Readonly<Record<string, string>> {
  return { apiGroup: RBAC, kind, name };
}

function binding(
  kind: string,
  name: string,
  roleRef: Readonly<Record<string, string>>,
  subjects: readonly Readonly<Record<string, string>>[],
): KubeObject {
  return { ...rbac(kind, name, LABELS), roleRef, subjects };
}

function controllerBinding(name: string): KubeObject {
  const account = { kind: 'ServiceAccount', name: name.slice(CONTROLLER.length), namespace: 'kube-system' };
  return binding('ClusterRoleBinding', name, ref('ClusterRole', name), [account]);
}

/** The short form of default-roles.ts. */
function parseRule(text: string): Readonly<Record<string, readonly string[]>> {
  const [verbs = [], groups = [], resources, resourceNames] = text.split(' ').map((part) => part.split(','));
  if (resources === undefined) return { nonResourceURLs: groups, verbs };
  const apiGroups = groups.map((name) => (name === 'core' ? '' : name));
  return { apiGroups, resources, ...(resourceNames === undefined ? {} : { resourceNames }), verbs };
}
