import { describe, expect, it } from 'vitest';
import {
  condition,
  externalAnswer,
  type Given,
  idsOf,
  NOW,
  QUEUE,
  QUEUE_PATH,
  queueAt,
  READY,
} from '../../../helpers/evidence-view.ts';

type Json = Readonly<Record<string, unknown>>;
const LARGEST = '9223372036854775807m';
const event = (kind: string, reason: string, note: string, count = 1): Json => ({
  reason,
  note,
  deprecatedCount: count,
  deprecatedLastTimestamp: NOW,
  regarding: { kind, name: 'web' },
});
const external = (name: string, target: Json): Json => ({ type: 'External', external: { metric: { name }, target } });
const externalAt = (name: string, current: Json): Json => ({
  type: 'External',
  external: { metric: { name }, current },
});
const rescaledNow = (from: number, to: number, currentMetrics: readonly Json[]): Json => ({
  currentReplicas: from,
  desiredReplicas: to,
  lastScaleTime: NOW,
  currentMetrics,
  conditions: [condition('AbleToScale', 'True', 'SucceededRescale'), ...READY.slice(1)],
});
const sample = (t: string, spec: number, status: number, hpaStatus: Json): Json => ({
  t,
  hpa: 'web',
  status: hpaStatus,
  scale: { specReplicas: spec, statusReplicas: status },
});

describe('where events are gone', () => {
  it('a gate that is half on is told by the sync that stopped right after the HPA went to zero', () => {
    const at = (scaled: string): Given => ({
      replicas: 0,
      spec: { minReplicas: 0 },
      status: {
        lastScaleTime: scaled,
        currentMetrics: null,
        conditions: [
          condition('AbleToScale', 'True', 'SucceededGetScale'),
          condition('ScalingActive', 'False', 'ScalingDisabled'),
        ],
      },
    });
    expect(idsOf(at('2026-01-01T11:49:50Z'))).toContain('scale-to-zero-gate-only-half-on');
    expect(idsOf(at('2026-01-01T11:00:00Z'))).toContain('scalingdisabled-at-zero');
  });
  it('a missing request is told by the pods', () => {
    const cpu = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
    };
    const path = '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods?labelSelector=app%3Dweb';
    const item = {
      metadata: { name: 'web-1' },
      timestamp: NOW,
      window: '30s',
      containers: [{ name: 'c', usage: { cpu: '1' } }],
    };
    const pod = {
      metadata: { name: 'web-1', labels: { app: 'web' } },
      spec: { containers: [{ name: 'c' }] },
      status: { phase: 'Running', startTime: '2026-01-01T10:00:00Z', conditions: [condition('Ready', 'True', '')] },
    };
    const ids = idsOf({
      spec: { metrics: [QUEUE, cpu] },
      status: { currentMetrics: [queueAt('10'), { type: '' }] },
      evidence: {
        pods: [pod],
        metricAnswers: {
          [QUEUE_PATH]: externalAnswer('40'),
          [path]: { status: 200, ms: 1, body: { items: [item] } },
        },
      },
    });
    expect(ids).toContain('missing-resource-requests');
  });
  it('a lift above a manual scale-down is told by the status, but not where minReplicas lifts or behavior forbids it', () => {
    const given = (from: number, minReplicas: number): Given => ({
      spec: { minReplicas },
      replicas: 6,
      status: rescaledNow(from, 6, [queueAt('5')]),
    });
    const id = 'scaled-back-up-after-manual-scale-down';
    expect(idsOf(given(3, 1))).toContain(id);
    expect(idsOf(given(3, 6))).not.toContain(id);
    expect(idsOf({ ...given(3, 1), spec: { behavior: { scaleDown: {} } } })).not.toContain(id);
    expect(idsOf({ ...given(3, 1), status: rescaledNow(3, 6, [queueAt('-9223372036854775808m')]) })).not.toContain(id);
  });
  it('a fight is told by the series', () => {
    const high = { currentReplicas: 6, desiredReplicas: 6 };
    const series = [6, 2, 6, 2, 6].map((spec, index) =>
      sample(`2026-01-01T11:5${index}:00Z`, spec, spec, { ...high, conditions: READY }),
    );
    expect(idsOf({ replicas: 6, status: high, evidence: { series } })).toContain('manifest-fights-the-hpa');
  });
});

describe('rollouts', () => {
  const up = [4, 5].map((size) =>
    event('HorizontalPodAutoscaler', 'SuccessfulRescale', `New size: ${size}; reason: queue above target`),
  );
  const down = (set: string, from: number, to: number) =>
    event('Deployment', 'ScalingReplicaSet', `Scaled down replica set ${set} from ${from} to ${to}`);
  it('that scale the old ReplicaSets down are no fight', () => {
    const events = [...up, down('web-a', 2, 1), down('web-a', 1, 0), down('web-b', 2, 1), down('web-b', 1, 0)];
    expect(idsOf({ evidence: { events } })).toEqual([]);
  });
  it('beside a real fight do not hide it', () => {
    const events = [...up, down('web-a', 1, 0), down('web-b', 4, 2), down('web-b', 5, 2)];
    expect(idsOf({ evidence: { events } })).toEqual(['manifest-fights-the-hpa']);
  });
});

describe('averages that are rounded up to thousandths', () => {
  it('11 replicas at 100 of 10 each: the total asks for 10, which the tolerance holds back', () => {
    expect(idsOf({ replicas: 11, spec: { maxReplicas: 20 }, status: { currentMetrics: [queueAt('9091m')] } })).toEqual(
      expect.arrayContaining(['tolerance-dead-band']),
    );
  });
  it('7 replicas at 60 of 10 each are not kept by rounding up: 6 are asked for', () => {
    const ids = idsOf({ replicas: 7, status: { currentMetrics: [queueAt('8572m')] } });
    expect(ids).not.toContain('ceil-keeps-replicas');
  });
});

describe('numbers of the last sync that are gone from the API', () => {
  const id = 'negative-external-value-reads-as-maxint64';
  it('the cap of 1.34 on amd64', () => {
    const given = { status: { currentMetrics: [queueAt(LARGEST)] } };
    expect(idsOf(given)).toContain(id);
    expect(idsOf({ ...given, kubernetesVersion: '1.33.0' })).not.toContain(id);
  });
  it('a sum of series beyond 64 bits wraps, or is capped, and is not negative', () => {
    const items = ['5e15', '5e15'].map((value) => ({ metricName: 'queue', timestamp: NOW, value }));
    const ids = idsOf({
      answer: { status: 200, ms: 1, body: { items } },
      status: { currentMetrics: [queueAt(LARGEST)] },
    });
    expect(ids).toContain('gigantic-value-wraps');
    expect(ids).not.toContain(id);
  });
  it('a Value that the status shows below zero', () => {
    const current = externalAt('queue', { value: '-9223372036854775616m' });
    const target = { type: 'Value', value: '1M' };
    expect(idsOf({ spec: { metrics: [external('queue', target)] }, status: { currentMetrics: [current] } })).toContain(
      'gigantic-value-wraps',
    );
  });
  it('a fall to minReplicas at a ratio beyond int32 has overflowed, also when fewer pods would fit', () => {
    const conditions = [...READY.slice(0, 2), condition('ScalingLimited', 'True', 'TooFewReplicas')];
    const status = { currentReplicas: 3, desiredReplicas: 1, currentMetrics: [queueAt('10G')], conditions };
    expect(idsOf({ status })).toContain('overflow-scales-to-min');
    expect(idsOf({ status: { ...status, currentMetrics: [queueAt('5')] } })).not.toContain('overflow-scales-to-min');
  });
});

describe('an AverageValue target of what is no total', () => {
  const average = (name: string, averageValue: string): Given => ({
    spec: { metrics: [external(name, { type: 'AverageValue', averageValue: '10' })] },
    status: { currentMetrics: [externalAt(name, { averageValue })] },
  });
  const id = 'value-vs-averagevalue-confusion';
  it.each(['request_latency_p95', 'cpu_utilization', 'error_ratio'])('%s', (name) => {
    expect(idsOf(average(name, '10'))).toContain(id);
    expect(idsOf(average(name, '2'))).not.toContain(id);
  });
  it('is none for a queue, a rate or a lag', () => {
    for (const name of ['queue_length', 'requests_per_second', 'consumer_lag', 'operations'])
      expect(idsOf(average(name, '10'))).toEqual([]);
  });
});

describe('what the metrics API says in words of its own', () => {
  const refused = (status: number, message: string): Given => ({
    answer: { status, ms: 1, body: { message } },
    status: {
      currentMetrics: [{ type: '' }],
      conditions: [READY[0] ?? {}, condition('ScalingActive', 'False', 'FailedGetExternalMetric', message)],
    },
  });
  it('404', () =>
    expect(idsOf(refused(404, 'externalmetrics "queue" not found'))).toContain('external-metric-not-found-404'));
  it('403', () => expect(idsOf(refused(403, 'Forbidden: token has no scope'))).toContain('forbidden-403'));
});

describe('conversion annotations', () => {
  const lastApplied = (spec: Json) => ({
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
        maxReplicas: 10,
        metrics: [QUEUE],
        ...spec,
      },
    }),
  });
  const owned = (fields: Json): Json => ({
    manager: 'kubectl-client-side-apply',
    apiVersion: 'autoscaling/v2',
    fieldsV1: { 'f:spec': fields },
  });
  const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
  const withOwner = (fields: Json, spec: Json = {}): Given => ({
    annotations: lastApplied({ behavior }),
    spec,
    managedFields: [owned(fields)],
  });
  const id = 'hand-edited-conversion-annotations';
  it('lost behavior that nobody owns any more', () => {
    expect(idsOf(withOwner({ 'f:metrics': {} }))).toContain(id);
    expect(idsOf(withOwner({ 'f:metrics': {}, 'f:behavior': {} }, { behavior }))).not.toContain(id);
  });
});

describe('a write through v1 that took the only metric away', () => {
  const cpu = (averageUtilization: number): Json => ({
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
  });
  const maker = (fields: Json): Json => ({
    manager: 'deployer',
    apiVersion: 'autoscaling/v2',
    fieldsV1: { 'f:spec': { 'f:maxReplicas': {}, 'f:scaleTargetRef': {}, ...fields } },
  });
  const patcher: Json = {
    manager: 'kubectl-patch',
    apiVersion: 'autoscaling/v1',
    fieldsV1: { 'f:spec': { 'f:targetCPUUtilizationPercentage': {} } },
  };
  const id = 'hand-edited-conversion-annotations';
  it.each([
    ['the default came instead', 80, {}, true],
    ['a target that somebody chose', 60, {}, false],
    ['metrics that their maker still owns', 80, { 'f:metrics': {} }, false],
  ])('%s', (_, percent, fields, named) => {
    const given: Given = { spec: { metrics: [cpu(percent)] }, managedFields: [maker(fields), patcher] };
    expect(idsOf(given).includes(id)).toBe(named);
  });
  it('is none for kubectl autoscale', () => {
    const made = {
      ...patcher,
      fieldsV1: { 'f:spec': { 'f:targetCPUUtilizationPercentage': {}, 'f:scaleTargetRef': {} } },
    };
    expect(idsOf({ spec: { metrics: [cpu(80)] }, managedFields: [made] })).not.toContain(id);
  });
});

describe('a scale that we may not read', () => {
  it('leaves external metrics known', () => {
    const refused = { error: { status: 403, message: 'forbidden' } };
    const given = { answer: externalAnswer('40', '2026-01-01T11:00:00Z') };
    expect(idsOf({ ...given, evidence: { scale: { 'Deployment/web': refused } } })).toEqual(['stale-metrics']);
  });
});
