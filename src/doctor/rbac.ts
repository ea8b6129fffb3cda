/** One rule of a ClusterRole, with what it is needed for. */
interface RbacRule {
  readonly why: string;
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

const AUTOSCALED = ['deployments', 'statefulsets', 'replicasets'];

/**
 * The least that explain, inspect and doctor need to know everything; without one of them something is "unknown". Discovery and
 * /version are open to every user (system:discovery). Nothing here writes: a SubjectAccessReview is a question.
 */
export const READER_RULES: readonly RbacRule[] = [
  { why: 'the HPAs', apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['get', 'list'] },
  { why: 'their targets and who owns pods', apiGroups: ['apps'], resources: AUTOSCALED, verbs: ['get', 'list'] },
  { why: 'pods that count', apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  { why: 'events of inspect', apiGroups: [''], resources: ['events'], verbs: ['list'] },
  { why: 'events of explain', apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['list'] },
  { why: 'nodes: architecture, kind, minikube', apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
  { why: 'the service of an adapter', apiGroups: [''], resources: ['services'], verbs: ['get'] },
  {
    why: 'whether an adapter runs',
    apiGroups: ['discovery.k8s.io'],
    resources: ['endpointslices'],
    verbs: ['list'],
  },
  {
    why: 'which metrics APIs are registered',
    apiGroups: ['apiregistration.k8s.io'],
    resources: ['apiservices'],
    verbs: ['list'],
  },
  {
    why: 'the request-header CA',
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: ['extension-apiserver-authentication'],
    verbs: ['get'],
  },
  {
    why: 'what the HPA controller may do',
    apiGroups: ['authorization.k8s.io'],
    resources: ['subjectaccessreviews'],
    verbs: ['create'],
  },
  { why: 'external metrics', apiGroups: ['external.metrics.k8s.io'], resources: ['*'], verbs: ['list'] },
  { why: 'custom metrics', apiGroups: ['custom.metrics.k8s.io'], resources: ['*'], verbs: ['get'] },
  { why: 'cpu and memory of pods', apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: ['list'] },
  { why: 'KEDA', apiGroups: ['keda.sh'], resources: ['scaledobjects'], verbs: ['list'] },
  {
    why: 'the vertical autoscaler',
    apiGroups: ['autoscaling.k8s.io'],
    resources: ['verticalpodautoscalers'],
    verbs: ['list'],
  },
  { why: 'feature gates of the API server', nonResourceURLs: ['/metrics'], verbs: ['get'] },
];

export const READER_ROLE = 'metrics-lab-reader';

/** The ClusterRole as an object. */
export function readerRole(rules: readonly RbacRule[] = READER_RULES): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: READER_ROLE },
    rules: rules.map(({ why: _, ...rule }) => rule),
  };
}

/** The ClusterRole as YAML with the reason of each rule. `flow` prints a value in one line. */
export function readerRoleYaml(flow: (value: unknown) => string): string {
  return [
    '# What metrics-lab explain, inspect and doctor read. Targets that are custom resources need get on them and on their scale too.',
    `# Bind it: kubectl create clusterrolebinding ${READER_ROLE} --clusterrole=${READER_ROLE} --user=NAME`,
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    `metadata: { name: ${READER_ROLE} }`,
    'rules:',
    ...READER_RULES.map(({ why, ...rule }) => `  # ${why}\n  - ${flow(rule).trim()}`),
  ].join('\n');
}
