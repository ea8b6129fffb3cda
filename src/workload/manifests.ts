import type { KubeObject } from '../contracts/kube-client.ts';
import { PROCESS_BACKENDS } from '../contracts/backend.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import {
  PROGRAM_USER,
  RESTRICTED_CONTAINER,
  RESTRICTED_NAMESPACE_LABELS,
  restrictedPod,
} from '../kube/pod-security.ts';

export const FIELD_MANAGER = 'metrics-lab';
/** Carried by every object that the lab owns. */
export const OWNER_LABEL = 'metricslab.dev/lab';
export const METRIC_NAME = 'queue_length';
/** Names of the workload's objects; the HPA has the name of its target. */
export const PRODUCER = 'producer';
export const CONSUMER = 'consumer';
export const EXPORTER = 'exporter';
/** Name of the Secret with the queue's URL (`url`) and the producer's token (`token`). */
export const SECRET = 'queue';
const TOKEN = { secretKeyRef: { name: SECRET, key: 'token' } };
const LEDGER_FOLDER = '/ledger';

/** What starts the pods: the process node by the name of an image, or containers of the image with the lab's programs. */
export type PodRuntime =
  | { readonly as: 'processes' }
  | {
      readonly as: 'containers';
      readonly image: string;
      readonly pullPolicy?: string;
      /** Names by which the producer is called from outside of the cluster, with commas. */
      readonly hosts?: string;
    };

export interface WorkloadSecrets {
  readonly queueUrl: string;
  readonly token: string;
  /** Where the ledger file lies, for queues that cannot count themselves; in containers the producer keeps it. */
  readonly ledgerFile?: string;
}

/** Namespace and Secret: what everything else of the lab stands on. */
export function baseManifests(spec: LabSpec, secrets: WorkloadSecrets, pods: PodRuntime): readonly KubeObject[] {
  return [namespaceManifest(spec, pods), secret(spec, secrets)];
}

/** Everything of the workload but the HPA: namespace, secret, producer with its Service, consumer. */
export function workloadManifests(
  spec: LabSpec,
  secrets: WorkloadSecrets,
  pods: PodRuntime = { as: 'processes' },
): readonly KubeObject[] {
  return [
    ...baseManifests(spec, secrets, pods),
    producer(spec, secrets, pods),
    httpService(spec, PRODUCER),
    consumer(spec, secrets, pods),
  ];
}

/**
 * The consumer's HPA on the length of the queue, AverageValue (items per pod). `scaleDownWindowSeconds` may differ from the
 * spec's while a lab with min 0 goes to zero for the first time.
 */
export function hpaManifest(
  spec: LabSpec,
  scaleDownWindowSeconds: number = spec.hpa.scaleDownWindowSeconds,
): KubeObject {
  return {
    ...named(spec, 'autoscaling/v2', 'HorizontalPodAutoscaler', CONSUMER),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: CONSUMER },
      minReplicas: spec.hpa.min,
      maxReplicas: spec.hpa.max,
      metrics: [queueMetric(spec)],
      behavior: { scaleDown: { stabilizationWindowSeconds: scaleDownWindowSeconds } },
    },
  };
}

/** An exporter of the queue's numbers in Prometheus' text format, with its Service. */
export function exporterManifests(spec: LabSpec, secrets: WorkloadSecrets, pods: PodRuntime): readonly KubeObject[] {
  return [
    deployment(spec, EXPORTER, pods, {
      replicas: 1,
      env: [...queueEnv(spec), { name: 'TOKEN', valueFrom: TOKEN }, ...ledgerEnv(spec, EXPORTER, secrets, pods)],
      requests: { cpu: '10m', memory: '48Mi' },
      graceSeconds: 5,
      probed: true,
    }),
    httpService(spec, EXPORTER),
  ];
}

/** What the HPA scales on: the length of the queue, read from the queue itself or from the exporter by way of Prometheus. */
function queueMetric({ pipeline, queue, hpa }: LabSpec): object {
  const metric = { name: METRIC_NAME, selector: { matchLabels: { queue: queue.name } } };
  const target = { type: 'AverageValue', averageValue: hpa.target };
  if (pipeline !== 'prometheus') return { type: 'External', external: { metric, target } };
  const describedObject = { apiVersion: 'v1', kind: 'Service', name: EXPORTER };
  return { type: 'Object', object: { metric, describedObject, target } };
}

/** The lab's namespace. */
export function namespaceManifest(spec: LabSpec, pods: PodRuntime = { as: 'processes' }): KubeObject {
  const security = pods.as === 'containers' ? RESTRICTED_NAMESPACE_LABELS : {};
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: spec.namespace, labels: { [OWNER_LABEL]: spec.lab, ...security } },
  };
}

function secret(spec: LabSpec, secrets: WorkloadSecrets): KubeObject {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  return {
    ...named(spec, 'v1', 'Secret', SECRET),
    type: 'Opaque',
    data: { url: encode(secrets.queueUrl), token: encode(secrets.token) },
  };
}

function producer(spec: LabSpec, secrets: WorkloadSecrets, pods: PodRuntime): KubeObject {
  return deployment(spec, PRODUCER, pods, {
    replicas: 1,
    env: [
      ...queueEnv(spec),
      { name: 'TOKEN', valueFrom: TOKEN },
      ...ledgerEnv(spec, PRODUCER, secrets, pods),
      ...hostsEnv(pods),
    ],
    ...(keepsLedger(spec, pods) ? { folder: LEDGER_FOLDER } : {}),
    requests: { cpu: '10m', memory: '48Mi' },
    graceSeconds: 10,
    probed: true,
  });
}

function hostsEnv(pods: PodRuntime): object[] {
  if (pods.as === 'processes' || pods.hosts === undefined) return [];
  return [{ name: 'ALLOWED_HOSTS', value: `${PRODUCER},${pods.hosts}` }];
}

function httpService(spec: LabSpec, name: string): KubeObject {
  return {
    ...named(spec, 'v1', 'Service', name),
    spec: { selector: { 'app.kubernetes.io/name': name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

function consumer(spec: LabSpec, secrets: WorkloadSecrets, pods: PodRuntime): KubeObject {
  const { serviceTimeMs, startDelayMs, failureRate, maxAttempts } = spec.consumer;
  // Time to finish the item in hand, as far as Kubernetes users would grant it; a longer one is handed back.
  const graceSeconds = spec.consumer.graceSeconds ?? Math.min(Math.ceil(serviceTimeMs / 1000) + 10, 120);
  const settings = {
    SERVICE_TIME: `${serviceTimeMs}ms`,
    START_DELAY: `${startDelayMs}ms`,
    FAILURE_RATE: String(failureRate),
    MAX_ATTEMPTS: String(maxAttempts),
    GRACE: `${graceSeconds - 5}s`,
  };
  return deployment(spec, CONSUMER, pods, {
    env: [
      ...queueEnv(spec),
      ...ledgerEnv(spec, CONSUMER, secrets, pods),
      ...Object.entries(settings).map(([name, value]) => ({ name, value })),
    ],
    requests: { cpu: '10m', memory: '48Mi' },
    graceSeconds,
    probed: true,
  });
}

const PROBE = {
  ports: [{ name: 'http', containerPort: 8080 }],
  readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 2, timeoutSeconds: 5 },
};

interface PodSettings {
  /** Default: ours of the deployment's name. */
  readonly image?: string;
  /** Left out where the HPA owns the count: server-side apply then never resets it. */
  readonly replicas?: number;
  readonly env: readonly object[];
  readonly requests: Readonly<Record<string, string>>;
  readonly graceSeconds: number;
  /** Asks `/readyz` of port 8080, which the program must then serve. */
  readonly probed?: true;
  /** A writable folder that outlives the container, not the pod. */
  readonly folder?: string;
}

/** A Deployment with one container. */
export function deployment(spec: LabSpec, name: string, pods: PodRuntime, settings: PodSettings): KubeObject {
  const { folder } = settings;
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'metrics-lab' };
  return {
    ...named(spec, 'apps/v1', 'Deployment', name),
    spec: {
      ...(settings.replicas === undefined ? {} : { replicas: settings.replicas }),
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: settings.graceSeconds,
          enableServiceLinks: false,
          automountServiceAccountToken: false,
          ...(folder === undefined ? spreading(spec, name) : keptSafe(spec)),
          ...(pods.as === 'containers' ? { securityContext: restrictedPod(PROGRAM_USER) } : {}),
          containers: [
            {
              name,
              ...programOf(name, pods, settings),
              imagePullPolicy: (pods.as === 'containers' ? pods.pullPolicy : undefined) ?? 'IfNotPresent',
              env: [...settings.env, ...(pods.as === 'containers' ? [{ name: 'HOST', value: '0.0.0.0' }] : [])],
              ...(settings.probed === true ? PROBE : {}),
              resources: { requests: settings.requests },
              ...(folder === undefined ? {} : { volumeMounts: [{ name: 'folder', mountPath: folder }] }),
            },
          ],
          ...(folder === undefined ? {} : { volumes: [{ name: 'folder', emptyDir: {} }] }),
        },
      },
    },
  };
}

/** With several nodes: pods go to the emptier one, and leave a lost one after 5 s instead of the usual 5 min. */
function spreading({ nodes = 1 }: LabSpec, name: string): object {
  if (nodes === 1) return {};
  const away = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 };
  return {
    tolerations: ['not-ready', 'unreachable'].map((what) => ({ key: `node.kubernetes.io/${what}`, ...away })),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
      },
    ],
  };
}

/** What would be lost with a worker stays on the node that cannot be lost without the cluster. */
export function keptSafe({ backend, nodes = 1 }: LabSpec): object {
  if (nodes === 1 || PROCESS_BACKENDS.includes(backend)) return {};
  const key = 'node-role.kubernetes.io/control-plane';
  return { nodeSelector: { [key]: '' }, tolerations: [{ key, operator: 'Exists', effect: 'NoSchedule' }] };
}

/** A container takes the program as its first argument; probes reach it at its pod's address only. */
function programOf(name: string, pods: PodRuntime, { image }: PodSettings): object {
  if (pods.as === 'processes') return { image: image ?? `metrics-lab/${name}` };
  return {
    image: pods.image,
    args: [name],
    securityContext: RESTRICTED_CONTAINER,
    livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10, timeoutSeconds: 5 },
  };
}

function queueEnv(spec: LabSpec): object[] {
  return [
    { name: 'QUEUE_KIND', value: spec.queue.kind },
    { name: 'QUEUE_NAME', value: spec.queue.name },
    { name: 'QUEUE_URL', valueFrom: { secretKeyRef: { name: SECRET, key: 'url' } } },
  ];
}

/** beanstalkd forgets finished jobs (see queues/beanstalkd.ts), and pods share no file: then the producer keeps the ledger. */
function keepsLedger(spec: LabSpec, pods: PodRuntime): boolean {
  return spec.queue.kind === 'beanstalkd' && pods.as === 'containers';
}

function ledgerEnv(spec: LabSpec, program: string, { ledgerFile }: WorkloadSecrets, pods: PodRuntime): object[] {
  if (!keepsLedger(spec, pods)) return ledgerFile === undefined ? [] : [{ name: 'LEDGER_FILE', value: ledgerFile }];
  if (program === PRODUCER) return [{ name: 'LEDGER_FILE', value: `${LEDGER_FOLDER}/items.log` }];
  return [
    { name: 'LEDGER_URL', value: `http://${PRODUCER}.${spec.namespace}.svc` },
    { name: 'LEDGER_TOKEN', valueFrom: TOKEN },
  ];
}

/** Kind, name and the labels that every object of a lab's workload has. */
export function named(spec: LabSpec, apiVersion: string, kind: string, name: string): KubeObject {
  const labels = {
    [OWNER_LABEL]: spec.lab,
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': 'metrics-lab',
  };
  return { apiVersion, kind, metadata: { name, namespace: spec.namespace, labels } };
}
