import type { KubeObject } from '../contracts/kube-client.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';

export const FIELD_MANAGER = 'metrics-lab';
/** Carried by every object that the lab owns. */
const OWNER_LABEL = 'metricslab.dev/lab';
export const METRIC_NAME = 'queue_length';
/** Names of the workload's objects; the HPA has the name of its target. */
export const PRODUCER = 'producer';
export const CONSUMER = 'consumer';
const SECRET = 'queue';

export interface WorkloadSecrets {
  readonly queueUrl: string;
  readonly token: string;
  /** Where the ledger file lies, for queues that cannot count themselves. */
  readonly ledgerFile?: string;
}

/** Everything of the workload but the HPA: namespace, secret, producer with its Service, consumer. */
export function workloadManifests(spec: LabSpec, secrets: WorkloadSecrets): readonly KubeObject[] {
  return [
    namespaceManifest(spec),
    secret(spec, secrets),
    producer(spec, secrets),
    producerService(spec),
    consumer(spec, secrets),
  ];
}

/**
 * The consumer's HPA on the external metric, AverageValue (items per pod). `scaleDownWindowSeconds` may differ from the
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
      metrics: [
        {
          type: 'External',
          external: {
            metric: { name: METRIC_NAME, selector: { matchLabels: { queue: spec.queue.name } } },
            target: { type: 'AverageValue', averageValue: spec.hpa.target },
          },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: scaleDownWindowSeconds } },
    },
  };
}

/** The lab's namespace. */
export function namespaceManifest(spec: LabSpec): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: spec.namespace, labels: { [OWNER_LABEL]: spec.lab } },
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

function producer(spec: LabSpec, secrets: WorkloadSecrets): KubeObject {
  return deployment(spec, PRODUCER, {
    replicas: 1,
    env: [...queueEnv(spec, secrets), { name: 'TOKEN', valueFrom: { secretKeyRef: { name: SECRET, key: 'token' } } }],
    requests: { cpu: '10m', memory: '48Mi' },
    graceSeconds: 10,
    probed: true,
  });
}

function producerService(spec: LabSpec): KubeObject {
  return {
    ...named(spec, 'v1', 'Service', PRODUCER),
    spec: { selector: { 'app.kubernetes.io/name': PRODUCER }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

function consumer(spec: LabSpec, secrets: WorkloadSecrets): KubeObject {
  const { serviceTimeMs, startDelayMs, failureRate, maxAttempts } = spec.consumer;
  // Time to finish the item in hand, as far as Kubernetes users would grant it; a longer one is handed back.
  const graceSeconds = Math.min(Math.ceil(serviceTimeMs / 1000) + 10, 120);
  const settings = {
    SERVICE_TIME: `${serviceTimeMs}ms`,
    START_DELAY: `${startDelayMs}ms`,
    FAILURE_RATE: String(failureRate),
    MAX_ATTEMPTS: String(maxAttempts),
    GRACE: `${Math.max(graceSeconds - 5, 1)}s`,
  };
  return deployment(spec, CONSUMER, {
    env: [...queueEnv(spec, secrets), ...Object.entries(settings).map(([name, value]) => ({ name, value }))],
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
}

/** A Deployment with one container. */
export function deployment(spec: LabSpec, name: string, settings: PodSettings): KubeObject {
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
          containers: [
            {
              name,
              image: settings.image ?? `metrics-lab/${name}`,
              imagePullPolicy: 'IfNotPresent',
              env: settings.env,
              ...(settings.probed === true ? PROBE : {}),
              resources: { requests: settings.requests },
            },
          ],
        },
      },
    },
  };
}

function queueEnv(spec: LabSpec, secrets: WorkloadSecrets): object[] {
  return [
    { name: 'QUEUE_KIND', value: spec.queue.kind },
    { name: 'QUEUE_NAME', value: spec.queue.name },
    { name: 'QUEUE_URL', valueFrom: { secretKeyRef: { name: SECRET, key: 'url' } } },
    ...(secrets.ledgerFile === undefined ? [] : [{ name: 'LEDGER_FILE', value: secrets.ledgerFile }]),
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
