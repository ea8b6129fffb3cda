import { warningAlert } from '../kube/alert.ts';
import type { KubeObject } from '../contracts/kube-client.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import { RESTRICTED_CONTAINER, restrictedPod } from '../kube/pod-security.ts';
import { EXPORTER, named, PRODUCER, SECRET } from './manifests.ts';
import { SCRAPE_SECONDS } from './prometheus-server.ts';

/** Name of Prometheus' objects. */
export const PROMETHEUS = 'prometheus';
/** `nobody`, as Prometheus' own image has it. */
const USER = 65_534;
const ETC = '/etc/prometheus';
const PORT = 9090;

/** Where pods reach it. */
export function prometheusPodUrl({ namespace }: LabSpec): string {
  return `http://${PROMETHEUS}.${namespace}.svc:${PORT}`;
}

/** A Prometheus that scrapes the exporter and that only pods with the labels of `readers` reach; its data goes with its pod. */
export function prometheusManifests(
  spec: LabSpec,
  { image, readers }: { readonly image: string; readonly readers: Readonly<Record<string, string>> },
): readonly KubeObject[] {
  const selector = { 'app.kubernetes.io/name': PROMETHEUS };
  const ports = [{ name: 'http', port: PORT, targetPort: 'http' }];
  return [
    {
      ...named(spec, 'v1', 'ConfigMap', PROMETHEUS),
      data: { 'prometheus.yml': `${JSON.stringify(scrapeConfig(spec), undefined, 2)}\n` },
    },
    { ...named(spec, 'v1', 'Service', PROMETHEUS), spec: { selector, ports } },
    {
      ...named(spec, 'networking.k8s.io/v1', 'NetworkPolicy', PROMETHEUS),
      spec: {
        podSelector: { matchLabels: selector },
        ingress: [{ from: [{ podSelector: { matchLabels: readers } }], ports: [{ port: 'http', protocol: 'TCP' }] }],
      },
    },
    {
      ...named(spec, 'apps/v1', 'Deployment', PROMETHEUS),
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: { ...selector, 'app.kubernetes.io/part-of': 'metrics-lab' } },
          spec: prometheusPod(image),
        },
      },
    },
  ];
}

function prometheusPod(image: string): object {
  return {
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    securityContext: restrictedPod(USER),
    containers: [
      {
        name: PROMETHEUS,
        image,
        imagePullPolicy: 'IfNotPresent',
        args: [`--config.file=${ETC}/prometheus.yml`, '--storage.tsdb.path=/data', '--storage.tsdb.retention.time=1d'],
        ports: [{ name: 'http', containerPort: PORT }],
        readinessProbe: { httpGet: { path: '/-/ready', port: 'http' }, periodSeconds: 2, timeoutSeconds: 5 },
        resources: { requests: { cpu: '20m', memory: '96Mi' } },
        securityContext: RESTRICTED_CONTAINER,
        volumeMounts: [
          { name: 'config', mountPath: ETC, readOnly: true },
          { name: 'token', mountPath: '/etc/exporter', readOnly: true },
          { name: 'data', mountPath: '/data' },
        ],
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: PROMETHEUS } },
      { name: 'token', secret: { secretName: SECRET, items: [{ key: 'token', path: 'token' }] } },
      { name: 'data', emptyDir: {} },
    ],
  };
}

function scrapeConfig({ namespace }: LabSpec): object {
  return {
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS - 1}s` },
    scrape_configs: [
      {
        job_name: EXPORTER,
        authorization: { credentials_file: '/etc/exporter/token' },
        static_configs: [{ targets: [`${EXPORTER}.${namespace}.svc:80`], labels: { namespace, service: EXPORTER } }],
      },
    ],
  };
}

/** For the Prometheus operator: the exporter as a target. */
export function exporterMonitor(spec: LabSpec): KubeObject {
  return {
    ...named(spec, 'monitoring.coreos.com/v1', 'ServiceMonitor', EXPORTER),
    spec: {
      selector: { matchLabels: { 'app.kubernetes.io/name': EXPORTER } },
      endpoints: [
        {
          port: 'http',
          interval: `${SCRAPE_SECONDS}s`,
          authorization: { credentials: { name: SECRET, key: 'token' } },
        },
      ],
    },
  };
}

/** Alerts over the queue's numbers. */
export function queueAlerts(spec: LabSpec): KubeObject {
  return {
    ...named(spec, 'monitoring.coreos.com/v1', 'PrometheusRule', 'queue'),
    spec: {
      groups: [
        {
          name: 'metrics-lab-queue',
          rules: [
            warningAlert(
              'QueueStands',
              'queue_length > 0 and rate(queue_processed_total[2m]) == 0',
              '2m',
              'Items wait and none gets done',
            ),
            warningAlert('QueueItemsLost', 'queue_lost > 0', '1m', 'Items were published that are nowhere any more'),
            warningAlert('QueueItemsDead', 'queue_dead > 0', '1m', 'Items failed as often as they may'),
          ],
        },
      ],
    },
  };
}

/** A dashboard for Grafana's sidecar, which finds it by the label. */
export function dashboardManifest(spec: LabSpec): KubeObject {
  const configMap = named(spec, 'v1', 'ConfigMap', 'dashboard');
  return {
    ...configMap,
    metadata: { ...configMap.metadata, labels: { ...configMap.metadata.labels, grafana_dashboard: '1' } },
    data: { 'metrics-lab.json': `${JSON.stringify(dashboard(), undefined, 2)}\n` },
  };
}

function dashboard(): object {
  const panels = [
    ['Items in the queue', ['queue_waiting', 'queue_in_flight']],
    [
      'Items published and processed per second',
      ['rate(queue_published_total[1m])', 'rate(queue_processed_total[1m])'],
    ],
    [
      'Replicas (kube-state-metrics)',
      ['kube_horizontalpodautoscaler_status_current_replicas', 'kube_horizontalpodautoscaler_status_desired_replicas'],
    ],
    ['Dead, lost, done twice', ['queue_dead', 'queue_lost', 'queue_duplicates_total']],
  ] as const;
  return {
    title: 'metrics-lab',
    uid: 'metrics-lab',
    schemaVersion: 39,
    refresh: '5s',
    time: { from: 'now-30m', to: 'now' },
    panels: panels.map(([title, expressions], index) => ({
      id: index + 1,
      type: 'timeseries',
      title,
      gridPos: { x: 12 * (index % 2), y: 8 * Math.floor(index / 2), w: 12, h: 8 },
      targets: expressions.map((expr, number) => ({ refId: String.fromCodePoint(65 + number), expr })),
    })),
  };
}

/** The producer for callers outside of the cluster; they need its token. */
export function producerIngress(
  spec: LabSpec,
  {
    host,
    className,
    annotations,
    tls,
  }: {
    readonly host: string;
    readonly className: string | undefined;
    readonly annotations: Readonly<Record<string, string>> | undefined;
    readonly tls: object | undefined;
  },
): KubeObject {
  const ingress = named(spec, 'networking.k8s.io/v1', 'Ingress', PRODUCER);
  const service = { name: PRODUCER, port: { name: 'http' } };
  return {
    ...ingress,
    metadata: { ...ingress.metadata, ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      ...(tls === undefined ? {} : { tls }),
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } }],
    },
  };
}
