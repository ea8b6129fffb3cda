import { describe, expect, it } from 'vitest';
import { behaviorRows } from '../../../../src/explain/inspect/behavior.ts';
import { inspectHpas } from '../../../../src/explain/inspect/inspect.ts';
import { InspectionSchema } from '../../../../src/explain/inspect/inspection.ts';
import { v1Lines } from '../../../../src/explain/inspect/v1-lines.ts';
import { type HpaV2, type MetricSpec, rulesOf, v2ToV1 } from '../../../../src/hpa/index.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { FakeCluster, refused } from '../fake-cluster.ts';

const RULES = rulesOf({ minor: 36, arch: 'amd64', gates: {} });
const CPU: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
};
const QUEUE: MetricSpec = {
  type: 'External',
  external: {
    metric: { name: 'queue_length', selector: { matchLabels: { queue: 'jobs' } } },
    target: { type: 'AverageValue', averageValue: '10' },
  },
};
const INGRESS: MetricSpec = {
  type: 'Object',
  object: {
    metric: { name: 'requests' },
    describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
    target: { type: 'AverageValue', averageValue: '5' },
  },
};

function hpa(metrics: readonly MetricSpec[], more: Partial<HpaV2['spec']> = {}): HpaV2 {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 9,
      metrics,
      ...more,
    },
    status: { currentReplicas: 2, desiredReplicas: 2 },
  };
}

describe('how v1 shows an HPA', () => {
  const lines = (object: HpaV2) => v1Lines(object, v2ToV1(object, RULES), RULES);
  const metric = (object: HpaV2, index: number) =>
    lines(object).find(({ field }) => field === `spec.metrics[${index}]`);

  it('has a field for the cpu target alone, and cpu comes back last', () => {
    const object = hpa([CPU, QUEUE]);
    expect(metric(object, 0)).toMatchObject({
      fate: 'mangled',
      v1: 'targetCPUUtilizationPercentage: 70',
      note: 'order lost: written through v1 it comes back as metrics[1]',
    });
    expect(metric(object, 1)).toMatchObject({ fate: 'annotation' });
    expect(metric(hpa([CPU]), 0)).toMatchObject({ fate: 'field', note: null });
  });

  it('reads as 0/0 where the old shape has a plain value', () => {
    expect(metric(hpa([INGRESS]), 0)).toMatchObject({ fate: 'mangled', note: expect.stringContaining('0/0') });
  });

  it('says what an annotation that was taken out does not have', () => {
    const object = hpa([QUEUE]);
    const { metadata, ...rest } = v2ToV1(object, RULES);
    const bare = { ...rest, metadata: { ...metadata, annotations: {} } };
    expect(v1Lines(object, bare, RULES).find(({ field }) => field === 'spec.metrics[0]')).toMatchObject({
      fate: 'lost',
    });
  });
});

describe('behavior', () => {
  it('is told with the defaults that hold', () => {
    const [up, down] = behaviorRows({ scaleUp: { stabilizationWindowSeconds: 60 } }, RULES);
    const field = (rows: typeof up, name: string) => rows?.fields.find((entry) => entry.field === name);
    expect(field(up, 'stabilizationWindowSeconds')).toMatchObject({ value: '60s', origin: 'spec' });
    expect(field(up, 'policies')).toMatchObject({ value: '4 pods per 15s, 100% per 15s', origin: 'default' });
    expect(field(down, 'stabilizationWindowSeconds')?.value).toContain('300s unless kube-controller-manager');
    expect(field(down, 'tolerance')?.value).toContain('0.1 unless');
  });
});

const ROOT = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
const inspectOptions = {
  namespace: 'shop',
  api: 'v2',
  clock: new ManualClock(Date.parse('2026-01-02T03:04:05Z')),
  signal: new AbortController().signal,
  source: () => Promise.resolve({ from: 'a queue', values: ['47'], total: '47', ageSeconds: 0, problem: null }),
} as const;
const STATUS = {
  currentReplicas: 2,
  desiredReplicas: 2,
  currentMetrics: [
    { type: 'External', external: { metric: { name: 'queue_length' }, current: { averageValue: '23500m' } } },
  ],
};
const CLUSTER = {
  '/version': { gitVersion: 'v1.36.3', major: '1', minor: '36', platform: 'linux/amd64' },
  [ROOT]: {
    items: [
      { ...hpa([QUEUE]), status: STATUS },
      { ...hpa([CPU]), metadata: { name: 'other', namespace: 'shop' } },
    ],
  },
  '/apis/apps/v1/namespaces/shop/deployments/web': {
    metadata: {
      name: 'web',
      namespace: 'shop',
      managedFields: [{ manager: 'argocd', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
    },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } } },
    status: { replicas: 2 },
  },
  '/apis/external.metrics.k8s.io/v1beta1/namespaces/shop/queue_length': {
    items: [
      { value: '40', timestamp: '2026-01-02T03:03:53Z' },
      { value: '7', timestamp: '2026-01-02T03:04:00Z' },
    ],
  },
  '/api/v1/namespaces/shop/events': { items: [] },
};

const answering = (bodies: Readonly<Record<string, unknown>>) =>
  new FakeCluster(Object.fromEntries(Object.entries(bodies).map(([path, body]) => [path, { status: 200, body }])));

describe('inspect', () => {
  it('puts source, adapter and status beside each other, and tells who else touches the target', async () => {
    const { hpas, names } = await inspectHpas(answering(CLUSTER), { ...inspectOptions, name: 'web' });
    expect(names).toEqual(['web', 'other']);
    expect(hpas).toHaveLength(1);
    expect(hpas[0]?.metrics[0]).toMatchObject({
      selector: 'queue=jobs',
      target: '10',
      adapter: { values: ['40', '7'], total: '47', ageSeconds: 12 },
      summary: 'source 47 → adapter 47 (2 series) → status 23500m (the controller has not looked yet), 12 s old',
    });
    expect(hpas[0]?.touches.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'HorizontalPodAutoscaler other',
      'field manager argocd',
    ]);
    expect(hpas[0]?.unknown).toEqual([]);
    const document = { server: '', context: null, namespace: 'shop', at: '', api: 'v2', hpas };
    expect(InspectionSchema.safeParse(document).error).toBeUndefined();
  });

  it('does not tell the error of one metric for another', async () => {
    const second = { type: 'External', external: { ...QUEUE.external, metric: { name: 'lag' } } } as MetricSpec;
    const message = 'unable to get external metric shop/lag/nil: no metrics returned from external metrics API';
    const conditions = [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetExternalMetric', message }];
    const status = { ...STATUS, currentMetrics: [{ type: '' }, { type: '' }], conditions };
    const cluster = answering({ ...CLUSTER, [ROOT]: { items: [{ ...hpa([QUEUE, second]), status }] } });
    const { hpas } = await inspectHpas(cluster, inspectOptions);
    expect(hpas[0]?.metrics.map(({ statusNote }) => statusNote)).toEqual([
      'the last sync could not read it; the conditions tell of another metric only',
      message,
    ]);
  });

  it('calls unknown what may not be read', async () => {
    const closed = Object.keys(CLUSTER).map((path) => [path, refused(403)] as const);
    const cluster = new FakeCluster({ ...Object.fromEntries(closed), [ROOT]: { status: 200, body: CLUSTER[ROOT] } });
    const { hpas } = await inspectHpas(cluster, inspectOptions);
    expect(hpas[0]?.target.scale).toBe('unknown: it cannot be read');
    expect(hpas[0]?.metrics[0]?.adapter.problem).toBe('unknown: cannot read metric queue_length (403)');
    expect(hpas[0]?.unknown).toEqual(
      expect.arrayContaining(['cannot list events (403)', 'cannot get Deployment web (403)']),
    );
  });
});
