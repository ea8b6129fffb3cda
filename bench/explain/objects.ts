import type { KubeObject } from '../../src/contracts/kube-client.ts';

export const deployment = (namespace: string, name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'none' }] } },
  },
});

export interface HpaSettings {
  /** The external metric it goes by. */
  readonly metric?: string;
  /** A series of its own. */
  readonly labels?: object;
  readonly behavior?: object;
}

export const hpa = (
  namespace: string,
  name: string,
  { metric = 'queue', labels, behavior }: HpaSettings,
): KubeObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, namespace },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: 1,
    maxReplicas: 12,
    metrics: [
      {
        type: 'External',
        external: {
          metric: { name: metric, ...(labels === undefined ? {} : { selector: { matchLabels: labels } }) },
          target: { type: 'AverageValue', averageValue: '10' },
        },
      },
    ],
    ...(behavior === undefined ? {} : { behavior }),
  },
});

/** As the controller leaves it when all is well. */
export const settled = (labels: object): object => ({
  currentReplicas: 1,
  desiredReplicas: 1,
  lastScaleTime: '2026-01-01T00:00:00Z',
  currentMetrics: [
    {
      type: 'External',
      external: { metric: { name: 'queue', selector: { matchLabels: labels } }, current: { averageValue: '10' } },
    },
  ],
  conditions: [
    ['AbleToScale', 'True', 'ReadyForNewScale'],
    ['ScalingActive', 'True', 'ValidMetricFound'],
    ['ScalingLimited', 'False', 'DesiredWithinRange'],
  ].map(([type, status, reason]) => ({
    type,
    status,
    reason,
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  })),
});
