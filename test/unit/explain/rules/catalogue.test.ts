import { describe, expect, it } from 'vitest';
import {
  condition,
  externalAnswer,
  idsOf,
  NOW,
  QUEUE,
  QUEUE_PATH,
  queueAt,
  READY,
} from '../../../helpers/evidence-view.ts';

const failed = (message: string, currentMetrics: readonly unknown[] = [{ type: '' }]) => ({
  status: {
    currentMetrics,
    conditions: [
      condition('AbleToScale', 'True', 'SucceededGetScale'),
      condition(
        'ScalingActive',
        'False',
        'FailedGetExternalMetric',
        `the HPA was unable to compute the replica count: ${message}`,
      ),
    ],
  },
});
const limited = (reason: string, status: object = {}) => ({
  status: { ...status, conditions: [...READY.slice(0, 2), condition('ScalingLimited', 'True', reason)] },
});
const other = {
  type: 'External',
  external: { metric: { name: 'lag' }, target: { type: 'AverageValue', averageValue: '5' } },
};

describe('a healthy HPA', () => {
  it('gets nothing', () => expect(idsOf({})).toEqual([]));
  it('gets nothing while one spike is held for the default window', () => {
    const conditions = [condition('AbleToScale', 'True', 'ScaleDownStabilized'), ...READY.slice(1)];
    expect(idsOf({ status: { conditions, currentMetrics: [queueAt('5')] } })).toEqual([]);
  });
  it('gets nothing for old warnings', () => {
    const event = {
      reason: 'FailedGetExternalMetric',
      note: 'the server could not find the requested resource',
      regarding: { kind: 'HorizontalPodAutoscaler', name: 'web' },
    };
    expect(idsOf({ evidence: { events: [event] } })).toEqual([]);
  });
});

describe('errors of the metrics APIs', () => {
  it.each([
    [
      'the server could not find the requested resource (get queue.external.metrics.k8s.io)',
      'external-metric-not-found-404',
    ],
    [
      'the server is currently unable to handle the request (get queue.external.metrics.k8s.io)',
      'apiservice-unavailable-503',
    ],
    ['Get "http://x": context deadline exceeded', 'adapter-timeout'],
    ['no metrics returned from external metrics API', 'empty-series-when-idle'],
    ['queue.external.metrics.k8s.io is forbidden: User "u" cannot list resource "queue" in API group', 'forbidden-403'],
    [
      'the server has received too many requests and has asked us to try again later',
      'throttling-by-apf-client-limits',
    ],
  ])('%s', (message, id) => expect(idsOf(failed(message))).toEqual([id, 'targets-unknown']));

  it('names nothing but the unknown target for an error without a known cause', () => {
    expect(idsOf(failed('scrape manager not ready'))).toEqual(['targets-unknown']);
  });
  it('tells when the failing metric holds back a scale-down', () => {
    const given = failed('unable to get external metric shop/lag/nil: no metrics returned from external metrics API', [
      queueAt('2'),
      { type: '' },
    ]);
    expect(idsOf({ ...given, spec: { metrics: [QUEUE, other] } })).toContain('one-failing-metric-blocks-scale-down');
  });
  it('reads frozen values only up to 1.28', () => {
    const given = failed('no metrics returned from external metrics API', [queueAt('8')]);
    expect(idsOf({ ...given, kubernetesVersion: '1.28.1' })).toContain('frozen-current-values');
    expect(idsOf({ ...given, kubernetesVersion: '1.29.0' })).not.toContain('frozen-current-values');
  });
});

describe('versions and machines', () => {
  const both = {
    ...failed('unable to get external metric shop/lag/nil: no metrics returned from external metrics API', [
      queueAt('2'),
      { type: 'External', external: { metric: { name: 'lag' }, current: { averageValue: '7' } } },
    ]),
    spec: { metrics: [QUEUE, other] },
  };
  it('tells of two metrics which one fails, up to 1.28 where both show a value', () => {
    expect(idsOf({ ...both, kubernetesVersion: '1.28.0' })).toEqual(
      expect.arrayContaining([
        'empty-series-when-idle',
        'one-failing-metric-blocks-scale-down',
        'frozen-current-values',
      ]),
    );
  });
  it('overflows on amd64 only', () => {
    const pods = {
      type: 'Pods',
      pods: { metric: { name: 'bytes' }, target: { type: 'AverageValue', averageValue: '1m' } },
    };
    const path = '/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/pods/*/bytes?labelSelector=app%3Dweb';
    const item = { describedObject: { name: 'web-1' }, timestamp: NOW, windowSeconds: 60, value: '3000000' };
    const pod = { metadata: { name: 'web-1', labels: { app: 'web' } }, status: { phase: 'Running' } };
    const given = {
      spec: { metrics: [pods] },
      status: { currentMetrics: [] },
      evidence: { pods: [pod], metricAnswers: { [path]: { status: 200, ms: 1, body: { items: [item] } } } },
    };
    expect(idsOf(given)).toContain('overflow-scales-to-min');
    expect(idsOf({ ...given, arch: 'arm64' })).not.toContain('overflow-scales-to-min');
  });
  it('reads an average of no pods on arm64 also where replicas are wanted', () => {
    const given = { status: { currentMetrics: [queueAt('9223372036854775807m')] }, statusReplicas: 0, arch: 'arm64' };
    expect(idsOf(given)).toContain('zero-replica-averagevalue-underflow');
    expect(idsOf({ ...given, answer: externalAnswer('0') })).not.toContain('zero-replica-averagevalue-underflow');
  });
});

describe('zero replicas', () => {
  const off = [
    condition('AbleToScale', 'True', 'SucceededGetScale'),
    condition('ScalingActive', 'False', 'ScalingDisabled'),
  ];
  const rescaled = {
    reason: 'SuccessfulRescale',
    note: 'New size: 0; reason: All metrics below target',
    regarding: { kind: 'HorizontalPodAutoscaler', name: 'web' },
  };
  it('set by someone else', () => {
    const given = { replicas: 0, status: { conditions: off, currentMetrics: null } };
    expect(idsOf(given)).toContain('scalingdisabled-at-zero');
  });
  it('set by the HPA whose controller has the gate off, from 1.36 on', () => {
    const given = {
      replicas: 0,
      spec: { minReplicas: 0 },
      status: { conditions: off, currentMetrics: null },
      evidence: { events: [rescaled] },
    };
    expect(idsOf(given)).toContain('scale-to-zero-gate-only-half-on');
    expect(idsOf({ ...given, kubernetesVersion: '1.35.0' })).not.toContain('scale-to-zero-gate-only-half-on');
  });
  it.each([
    ['Max', 0, true],
    ['Min', 4, true],
    ['Max', 4, false],
  ])('is left by policies with select %s and Pods %i: stuck %s', (selectPolicy, pods, stuck) => {
    const policies = [
      { type: 'Percent', value: 100, periodSeconds: 15 },
      ...(pods === 0 ? [] : [{ type: 'Pods', value: pods, periodSeconds: 15 }]),
    ];
    const spec = { minReplicas: 0, behavior: { scaleUp: { selectPolicy, policies } } };
    const ids = idsOf({ replicas: 0, spec, ...limited('ScaleUpLimit') });
    expect(ids.includes('percent-only-scale-up-cannot-leave-zero')).toBe(stuck);
    expect(ids.includes('slow-scale-up-scaleuplimit')).toBe(!stuck);
  });
  it('reads the artefact by architecture', () => {
    const at = (text: string) => ({
      replicas: 4,
      statusReplicas: 0,
      status: { currentReplicas: 0, currentMetrics: [queueAt(text)] },
    });
    const id = 'zero-replica-averagevalue-underflow';
    expect(idsOf(at('-9223372036854775808m'))).toContain(id);
    expect(idsOf({ ...at('9223372036854775807m'), arch: 'arm64' })).toContain(id);
    expect(idsOf(at('9223372036854775807m'))).not.toContain(id);
  });
});

describe('numbers', () => {
  it('negative sums are the largest number since 1.34', () => {
    const given = { answer: externalAnswer('-1') };
    expect(idsOf(given)).toContain('negative-external-value-reads-as-maxint64');
    expect(idsOf({ ...given, kubernetesVersion: '1.33.0' })).not.toContain('negative-external-value-reads-as-maxint64');
  });
  it('values whose thousandths leave int64', () => {
    expect(idsOf({ answer: externalAnswer('9223372036854776') })).toContain('gigantic-value-wraps');
    expect(idsOf({ answer: externalAnswer('1e18') })).toContain('gigantic-value-wraps');
    expect(idsOf({ answer: externalAnswer('9223372036854775') })).not.toContain('gigantic-value-wraps');
  });
  it('thousandths', () =>
    expect(idsOf({ status: { currentMetrics: [queueAt('9500m')] } })).toEqual(['milli-units-misread']));
});

describe('limits and steadiness', () => {
  it('min with load, but not idle and not 1', () => {
    const low = limited('TooFewReplicas', { currentMetrics: [queueAt('2')] });
    expect(idsOf({ spec: { minReplicas: 4 }, ...low })).toEqual(['at-minreplicas']);
    expect(idsOf({ spec: { minReplicas: 1 }, ...low })).not.toContain('at-minreplicas');
    expect(
      idsOf({ spec: { minReplicas: 4 }, ...limited('TooFewReplicas', { currentMetrics: [queueAt('0')] }) }),
    ).toEqual([]);
  });
  it('the tolerance counts where the count would differ without it', () => {
    expect(idsOf({ status: { currentMetrics: [queueAt('11')] } })).toEqual(['tolerance-dead-band']);
    expect(idsOf({ status: { currentMetrics: [queueAt('9600m')] } })).not.toContain('tolerance-dead-band');
  });
  it('rounding up keeps a replica', () => {
    expect(idsOf({ status: { currentMetrics: [queueAt('8')] } })).toEqual(['ceil-keeps-replicas']);
    expect(idsOf({ spec: { minReplicas: 4 }, status: { currentMetrics: [queueAt('8')] } })).toEqual([]);
  });
  it('frozen on purpose, with a note', () => {
    const spec = { behavior: { scaleUp: { selectPolicy: 'Disabled' }, scaleDown: { selectPolicy: 'Disabled' } } };
    const given = { spec, ...limited('ScaleUpLimit') };
    expect(idsOf({ ...given, annotations: { 'example.com/frozen': 'until Monday' } })).toEqual([]);
    expect(idsOf(given)).toEqual(['slow-scale-up-scaleuplimit']);
  });
});

describe('time', () => {
  it('old samples and future ones', () => {
    expect(idsOf({ answer: externalAnswer('40', '2026-01-01T11:00:00Z') })).toEqual(['stale-metrics']);
    expect(idsOf({ answer: externalAnswer('40', '2026-01-01T12:05:00Z') })).toEqual(['clock-skew']);
    expect(idsOf({ answer: externalAnswer('40', NOW) })).toEqual([]);
  });
  it('gaps between requests count from three sync periods on', () => {
    const asked = (t: string) => ({
      evidence: {
        adapterRequests: [
          { t: NOW, path: QUEUE_PATH },
          { t, path: QUEUE_PATH },
        ],
      },
    });
    expect(idsOf(asked('2026-01-01T12:00:50Z'))).toEqual(['slow-or-skipped-cycles']);
    expect(idsOf(asked('2026-01-01T12:00:30Z'))).toEqual([]);
  });
});

describe('a count that goes up inside the tolerance', () => {
  const rescaled = {
    status: {
      currentReplicas: 1,
      desiredReplicas: 3,
      lastScaleTime: NOW,
      conditions: [condition('AbleToScale', 'True', 'SucceededRescale'), ...READY.slice(1)],
    },
    statusReplicas: 3,
  };
  const event = (reason: string, note: string, kind: string, count: number) => ({
    reason,
    note,
    deprecatedCount: count,
    regarding: { kind, name: 'web' },
    lastTimestamp: NOW,
  });
  const up = event(
    'SuccessfulRescale',
    'New size: 3; reason: external metric queue(nil) above target',
    'HorizontalPodAutoscaler',
    3,
  );
  const down = event('ScalingReplicaSet', 'Scaled down replica set web-1 from 3 to 1', 'Deployment', 3);

  it('after a rollout is its surge', () => {
    expect(idsOf({ ...rescaled, evidence: { events: [up] } })).toEqual(['surge-drift']);
  });
  it('after falls that the HPA did not ask for is the fight about them, and no surge', () => {
    expect(idsOf({ ...rescaled, evidence: { events: [up, down] } })).toEqual(['manifest-fights-the-hpa']);
  });
});
