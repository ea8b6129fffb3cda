import type { Evidence } from '../../../src/explain/evidence.ts';
import type { HpaCondition, MetricAnswer } from '../../../src/hpa/index.ts';

export interface Seen {
  readonly min?: number;
  readonly max?: number;
  readonly target?: string;
  readonly current: number;
  readonly desired: number;
  /** What the HPA's status shows of the metric. */
  readonly average?: string;
  /** What the metrics API answers now. */
  readonly answer: MetricAnswer;
  readonly specReplicas?: number;
  readonly statusReplicas?: number;
  readonly minor?: string;
  readonly platform?: string;
  readonly conditions?: readonly HpaCondition[];
  readonly lastScaleTime?: string;
}

export const condition = (type: string, status: string, reason: string): HpaCondition => ({
  type,
  status,
  reason,
  message: '',
});
const SETTLED = [
  condition('AbleToScale', 'True', 'ReadyForNewScale'),
  condition('ScalingActive', 'True', 'ValidMetricFound'),
  condition('ScalingLimited', 'False', 'DesiredWithinRange'),
];

/** Evidence of one HPA on an external metric, as a cluster would give it. */
export function evidence(seen: Seen): Evidence {
  const { min = 1, max = 10, current, desired, average, conditions = SETTLED } = seen;
  const metric = { name: 'queue_length' };
  return {
    at: '2026-01-02T03:04:05.000Z',
    namespace: 'shop',
    version: {
      value: { gitVersion: 'v1.36.3', major: '1', minor: seen.minor ?? '36', platform: seen.platform ?? 'linux/amd64' },
      from: 'GET /version',
    },
    architectures: { value: ['amd64'], from: 'GET /api/v1/nodes' },
    names: ['web'],
    hpas: [
      {
        hpa: {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'web', namespace: 'shop' },
          spec: {
            scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
            minReplicas: min,
            maxReplicas: max,
            metrics: [
              {
                type: 'External',
                external: { metric, target: { type: 'AverageValue', averageValue: seen.target ?? '10' } },
              },
            ],
          },
          status: {
            currentReplicas: current,
            desiredReplicas: desired,
            conditions,
            ...(seen.lastScaleTime === undefined ? {} : { lastScaleTime: seen.lastScaleTime }),
            ...(average === undefined
              ? {}
              : { currentMetrics: [{ type: 'External', external: { metric, current: { averageValue: average } } }] }),
          },
        },
        from: 'GET hpa',
        scale: {
          value: {
            specReplicas: seen.specReplicas ?? desired,
            statusReplicas: seen.statusReplicas ?? desired,
            selector: 'app=web',
          },
          from: 'GET scale',
        },
        pods: { value: [], from: 'GET pods' },
        metrics: [{ value: seen.answer, from: 'GET metric' }],
      },
    ],
  };
}

export const external = (value: string): MetricAnswer => ({ external: { items: [{ value }] } });
