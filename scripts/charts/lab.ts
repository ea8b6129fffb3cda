import type { KubeObject } from '../../src/contracts/kube-client.ts';
import type { LabSpec, QueueKind } from '../../src/contracts/lab-spec.ts';
import { POD_SELECTOR, secretPath } from '../../src/metrics-server/pod-manifests.ts';
import {
  baseManifests,
  exporterManifests,
  hpaManifest,
  SECRET,
  workloadManifests,
} from '../../src/workload/manifests.ts';
import {
  dashboardManifest,
  exporterMonitor,
  producerIngress,
  prometheusManifests,
  prometheusPodUrl,
  queueAlerts,
} from '../../src/workload/monitoring-manifests.ts';
import { QUEUE_RULES, SCRAPE_SECONDS } from '../../src/workload/prometheus-server.ts';
import { queueMetrics } from '../../src/workload/queue-metrics.ts';
import { queueManifests } from '../../src/workload/queue-manifests.ts';
import { labTest } from '../../src/workload/test-manifests.ts';
import { byValue, type Part, parts, type Values, when } from './values.ts';

/** redis and redis-stream differ in the text of QUEUE_KIND only. */
const SERVERS = [['redis', 'redis-stream'], ['beanstalkd']] as const;

/** A lab as the values say. `kind`: which objects the queue needs. */
export function labSpec(values: Values, kind: QueueKind): LabSpec {
  return {
    lab: values.release.name,
    namespace: values.release.namespace,
    backend: 'context',
    pipeline: 'queue',
    syncPeriodSeconds: 15,
    hpa: {
      min: values.integer('hpa.min'),
      max: values.integer('hpa.max'),
      target: values.text('hpa.target'),
      scaleDownWindowSeconds: values.integer('hpa.scaleDownWindowSeconds'),
    },
    queue: { kind, name: values.text('queue.name') },
    consumer: {
      serviceTimeMs: values.integer('consumer.serviceTimeMs'),
      startDelayMs: values.integer('consumer.startDelayMs'),
      failureRate: values.fraction('consumer.failureRate'),
      maxAttempts: values.integer('consumer.maxAttempts'),
      graceSeconds: values.integer('consumer.terminationGracePeriodSeconds'),
    },
    apiPort: 0,
    node: { cpu: '0', memory: '0', pods: 0 },
    images: {},
  };
}

/** What charts/lab consists of. */
export function labParts(values: Values): readonly Part[] {
  const image = `${values.text('image.repository')}:${values.text('image.tag')}`;
  const pullPolicy = values.text('image.pullPolicy');
  const pods = { as: 'containers', image, pullPolicy, hosts: values.text('ingress.host') } as const;
  const secrets = { queueUrl: values.made('queue-url'), token: values.made('token') };
  const spec = labSpec(values, 'redis');
  const byKind = (build: (spec: LabSpec) => readonly KubeObject[]) =>
    byValue<QueueKind>('queue.kind', SERVERS, ([kind = 'redis']) =>
      build(labSpec(values, kind === 'beanstalkd' ? kind : values.choice('queue.kind'))).filter(
        (object) => object.kind !== 'Namespace',
      ),
    );
  const digestOf = (text: string) => values.digestOf('queue-server', 'redis.conf', text);
  const own = byKind((lab) => queueManifests(lab, values.made('password'), digestOf));
  const exporter = byKind((lab) => exporterManifests(lab, secrets, pods));
  const hpa = byValue('prometheus.enabled', [[true], [false]], ([isOn = false]) => [
    hpaManifest({ ...spec, pipeline: isOn ? 'prometheus' : 'queue' }),
  ]);
  const prometheus = prometheusManifests(spec, { image: values.text('prometheus.image'), readers: POD_SELECTOR });
  const ingress = producerIngress(spec, {
    host: values.text('ingress.host'),
    className: values.textIfAny('ingress.className'),
    annotations: values.treeIfAny('ingress.annotations'),
    tls: values.treeIfAny('ingress.tls'),
  });
  const also = (condition: ReturnType<typeof when>, all: readonly Part[]) =>
    all.map((part) => ({ ...part, when: [condition, ...part.when] }));
  return [
    ...parts(
      [],
      baseManifests(spec, secrets, pods).filter(({ kind }) => kind === 'Secret'),
    ),
    ...also(when('queue.url', ''), own),
    ...byKind((lab) => workloadManifests(lab, secrets, pods).filter(({ kind }) => kind !== 'Secret')),
    ...also(when('hpa.enabled', true), hpa),
    ...also(when('prometheus.enabled', true), [...exporter, ...parts([], prometheus)]),
    ...parts([when('prometheus.enabled', true), when('serviceMonitor.enabled', true)], [exporterMonitor(spec)]),
    ...parts([when('prometheusRule.enabled', true)], [queueAlerts(spec)]),
    ...parts([when('dashboard.enabled', true)], [dashboardManifest(spec)]),
    ...parts([when('ingress.enabled', true)], [ingress]),
    ...parts([], [labTest(spec, { image, pullPolicy })]),
  ];
}

/** Values of charts/metrics-server that serve this lab. */
export function metricsServerValuesFor(
  values: Values,
  kind: QueueKind,
  byPrometheus: boolean,
): Readonly<Record<string, unknown>> {
  const spec = labSpec(values, kind);
  if (byPrometheus) {
    const server = { url: prometheusPodUrl(spec), relistSeconds: SCRAPE_SECONDS, pollSeconds: 2, rules: QUEUE_RULES };
    return { apis: 'custom', prometheus: [server] };
  }
  const metrics = queueMetrics(spec.queue, secretPath(SECRET, 'url'));
  return {
    apis: 'external',
    secrets: [SECRET],
    metrics: metrics.map(({ metric, source }) => ({ name: metric, namespace: spec.namespace, source })),
  };
}
