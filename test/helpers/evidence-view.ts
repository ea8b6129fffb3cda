import { parseBundle } from '../../src/explain/bundle-schema.ts';
import { explainBundle } from '../../src/explain/explain.ts';

export const NOW = '2026-01-01T12:00:00Z';
export const QUEUE_PATH = '/apis/external.metrics.k8s.io/v1beta1/namespaces/shop/queue';

type Json = Readonly<Record<string, unknown>>;

/** One entry of spec.metrics: external metric "queue" with an averageValue of 10. */
export const QUEUE: Json = {
  type: 'External',
  external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '10' } },
};
export const queueAt = (averageValue: string): Json => ({
  type: 'External',
  external: { metric: { name: 'queue' }, current: { averageValue } },
});
export const condition = (type: string, status: string, reason: string, message = ''): Json => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: '2026-01-01T11:50:00Z',
});
export const READY: readonly Json[] = [
  condition('AbleToScale', 'True', 'ReadyForNewScale'),
  condition('ScalingActive', 'True', 'ValidMetricFound'),
  condition('ScalingLimited', 'False', 'DesiredWithinRange'),
];

export interface Given {
  readonly kubernetesVersion?: string;
  readonly arch?: string;
  readonly spec?: Json;
  readonly status?: Json;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly Json[];
  readonly replicas?: number;
  readonly statusReplicas?: number;
  readonly answer?: unknown;
  readonly evidence?: Json;
}

export const externalAnswer = (value: string, timestamp: string = NOW): Json => ({
  status: 200,
  ms: 3,
  body: { items: [{ metricName: 'queue', timestamp, value }] },
});

/** A bundle of HPA shop/web on Deployment web, healthy at 4 replicas unless told otherwise. */
export function bundle(given: Given): Json {
  const replicas = given.replicas ?? 4;
  const hpa = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: 'web',
      namespace: 'shop',
      creationTimestamp: '2026-01-01T11:00:00Z',
      ...(given.annotations === undefined ? {} : { annotations: given.annotations }),
      ...(given.managedFields === undefined ? {} : { managedFields: given.managedFields }),
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [QUEUE],
      ...given.spec,
    },
    status: {
      currentReplicas: replicas,
      desiredReplicas: replicas,
      currentMetrics: [queueAt('10')],
      conditions: READY,
      ...given.status,
    },
  };
  return {
    kubernetesVersion: given.kubernetesVersion ?? '1.36.3',
    arch: given.arch ?? 'amd64',
    recordedAt: NOW,
    evidence: {
      hpas: [hpa],
      hpasV1: [],
      scale: {
        'Deployment/web': {
          spec: { replicas },
          status: { replicas: given.statusReplicas ?? replicas, selector: 'app=web' },
        },
      },
      target: { 'Deployment/web': { metadata: { name: 'web' } } },
      replicaSets: [],
      pods: [],
      events: [],
      apiServices: [],
      metricAnswers: { [QUEUE_PATH]: given.answer ?? externalAnswer('40') },
      syncPeriodSeconds: 15,
      ...given.evidence,
    },
  };
}

/** The ids that the catalogue names for a bundle, without repetition. */
export function idsOf(given: Given): readonly string[] {
  return [
    ...new Set(
      [...explainBundle(parseBundle(bundle(given), 'the bundle'))].flatMap(({ findings }) =>
        findings.map(({ id }) => id),
      ),
    ),
  ];
}
