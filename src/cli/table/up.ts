import { CONTROLLER_NAMES } from '../../contracts/controllers.ts';
import { PIPELINE_NAMES, PIPELINES } from '../../contracts/pipelines.ts';
import { parseDuration, parsePositiveDuration, parseWindow } from '../values/duration.ts';
import { oneOf, parseQuantity, parseText, parseVersion } from '../values/names.ts';
import { integer, LIMITS, parseShare } from '../values/numbers.ts';
import { type CommandSpec, DOCUMENT_FORMATS, type FlagSpec } from './types.ts';

export const BACKENDS: readonly string[] = ['auto', 'embedded', 'native', 'kind', 'minikube', 'context'];
export const QUEUES: readonly string[] = ['redis', 'redis-stream', 'beanstalkd'];

const PIPELINE_FLAG: FlagSpec = {
  name: 'pipeline',
  setting: 'pipeline',
  value: 'name',
  help: 'what feeds the HPA',
  choices: PIPELINE_NAMES,
  fallback: 'queue',
  env: 'METRICS_LAB_PIPELINE',
  parse: oneOf(PIPELINE_NAMES),
};

const CLUSTER_FLAGS: readonly FlagSpec[] = [
  {
    name: 'backend',
    setting: 'backend',
    value: 'name',
    help: 'what the cluster is made of',
    choices: BACKENDS,
    fallback: 'auto',
    env: 'METRICS_LAB_BACKEND',
    parse: oneOf(BACKENDS),
  },
  {
    name: 'bin-dir',
    setting: 'binDir',
    value: 'dir',
    help: 'folder with the Kubernetes binaries (native)',
    env: 'METRICS_LAB_BIN_DIR',
    parse: parseText,
  },
  {
    name: 'node-image',
    setting: 'nodeImage',
    value: 'image',
    help: 'image of the nodes (kind)',
    env: 'METRICS_LAB_NODE_IMAGE',
    parse: parseText,
  },
  {
    name: 'driver',
    setting: 'driver',
    value: 'name',
    help: 'what minikube makes its machine with, e.g. docker',
    env: 'METRICS_LAB_DRIVER',
    parse: parseText,
  },
  {
    name: 'image',
    setting: 'programImage',
    value: 'image',
    help: "image with the lab's programs instead of one built here (kind, minikube, context)",
    env: 'METRICS_LAB_IMAGE',
    parse: parseText,
  },
  {
    name: 'kubernetes-version',
    setting: 'kubernetesVersion',
    value: 'version',
    help: 'version of Kubernetes, e.g. 1.36.3',
    env: 'METRICS_LAB_KUBERNETES_VERSION',
    parse: parseVersion,
  },
  {
    name: 'sync-period',
    setting: 'syncPeriod',
    value: 'duration',
    help: 'how often the HPA controller looks',
    fallback: '15s',
    env: 'METRICS_LAB_SYNC_PERIOD',
    parse: parsePositiveDuration,
  },
  {
    name: 'api-port',
    setting: 'apiPort',
    value: 'port',
    help: 'port of the API server; 0 = a free one',
    fallback: '0',
    env: 'METRICS_LAB_API_PORT',
    parse: integer(0, LIMITS.port),
  },
  {
    name: 'nodes',
    setting: 'nodes',
    value: 'count',
    help: 'how many nodes the cluster has; with kind one of them is the control plane and runs no consumers',
    fallback: '1',
    env: 'METRICS_LAB_NODES',
    parse: integer(1, LIMITS.nodes),
  },
  {
    name: 'pods-capacity',
    setting: 'node.pods',
    value: 'pods',
    help: 'how many pods a node takes',
    fallback: '110',
    env: 'METRICS_LAB_PODS_CAPACITY',
    parse: integer(1, LIMITS.pods),
  },
];

const HPA_FLAGS: readonly FlagSpec[] = [
  {
    name: 'min',
    setting: 'hpa.min',
    value: 'pods',
    help: 'fewest consumers; 0 = scale to zero',
    fallback: '1',
    env: 'METRICS_LAB_MIN',
    parse: integer(0, LIMITS.pods),
  },
  {
    name: 'max',
    setting: 'hpa.max',
    value: 'pods',
    help: 'most consumers',
    fallback: '20',
    env: 'METRICS_LAB_MAX',
    parse: integer(1, LIMITS.pods),
  },
  {
    name: 'target',
    setting: 'hpa.target',
    value: 'items',
    help: 'waiting items per consumer; requests per second and pod with the pipeline http',
    fallback: '2',
    env: 'METRICS_LAB_TARGET',
    parse: parseQuantity,
  },
  {
    name: 'scale-down-window',
    setting: 'hpa.scaleDownWindow',
    value: 'duration',
    help: 'stabilization window of the scale-down',
    fallback: '300s',
    env: 'METRICS_LAB_SCALE_DOWN_WINDOW',
    parse: parseWindow,
  },
];

const WORKLOAD_FLAGS: readonly FlagSpec[] = [
  {
    name: 'queue',
    setting: 'queue.kind',
    value: 'kind',
    help: 'the queue between producer and consumers',
    choices: QUEUES,
    fallback: 'redis',
    env: 'METRICS_LAB_QUEUE',
    parse: oneOf(QUEUES),
  },
  {
    name: 'queue-url',
    setting: 'queue.url',
    value: 'url',
    help: "a queue server of yours instead of the lab's own; put passwords in METRICS_LAB_QUEUE_URL",
    env: 'METRICS_LAB_QUEUE_URL',
    parse: parseText,
  },
  {
    name: 'service-time',
    setting: 'consumer.serviceTime',
    value: 'duration',
    help: 'how long a consumer works on one item, a web target on one request',
    fallback: '1s',
    env: 'METRICS_LAB_SERVICE_TIME',
    parse: parseDuration,
  },
  {
    name: 'start-delay',
    setting: 'consumer.startDelay',
    value: 'duration',
    help: 'how long a consumer takes to start',
    fallback: '0s',
    env: 'METRICS_LAB_START_DELAY',
    parse: parseDuration,
  },
  {
    name: 'failure-rate',
    setting: 'consumer.failureRate',
    value: 'share',
    help: 'share of items whose work fails, 0 to 1',
    fallback: '0',
    env: 'METRICS_LAB_FAILURE_RATE',
    parse: parseShare,
  },
  {
    name: 'max-attempts',
    setting: 'consumer.maxAttempts',
    value: 'times',
    help: 'tries before an item goes to the dead-letter place',
    fallback: '5',
    env: 'METRICS_LAB_MAX_ATTEMPTS',
    parse: integer(1, LIMITS.attempts),
  },
];

/** Flags of `up` that are settings of the lab. */
export const UP_SETTINGS: readonly FlagSpec[] = [...CLUSTER_FLAGS, PIPELINE_FLAG, ...HPA_FLAGS, ...WORKLOAD_FLAGS];

export const UP: CommandSpec = {
  path: ['up'],
  summary: 'make the lab (cluster, metrics server, queue, app, HPA) match the settings; resumes if half done',
  details: [
    'Running it again changes what differs and leaves the rest alone. Settings that need a new cluster are refused unless --recreate is given.',
    'Nothing is rolled back when a step fails: correct the cause and run it again, or remove everything with teardown.',
    `Pipelines: ${PIPELINE_NAMES.map((name) => `${name} = ${PIPELINES[name].summary}`).join('; ')}.`,
  ],
  flags: [
    ...UP_SETTINGS,
    { name: 'bare', help: 'the cluster alone: no node, queue, metrics server, workload and HPA' },
    {
      name: 'disable-controller',
      value: 'name',
      help: 'a controller of the cluster that does not run; "all" or "none"',
      choices: ['none', ...CONTROLLER_NAMES],
      parse: oneOf(['none', ...CONTROLLER_NAMES]),
      repeat: true,
    },
    { name: 'recreate', help: 'remove the lab first when a setting needs a new cluster' },
    { name: 'rollback', help: 'remove what was made when a step fails (for CI)' },
    { name: 'dry-run', help: 'print what would be done, change nothing' },
    { name: 'set', value: 'path=value', help: 'any setting of the lab file, e.g. --set hpa.max=5', repeat: true },
    { name: 'merge-kubeconfig', help: "add the lab's context to your kubeconfig; the current context stays" },
  ],
  formats: DOCUMENT_FORMATS,
  config: true,
  examples: [
    'metrics-lab up',
    'metrics-lab up --backend native --bin-dir ./bin --min 0',
    'metrics-lab up --lab b --queue beanstalkd',
  ],
};
