import { describe, expect, test } from 'vitest';
import { LabError } from '../../../src/errors/lab-error.ts';
import { hpaSummary, parseHpa } from '../../../src/kube/hpa.ts';

/** The status of a real 1.36.3 controller at zero replicas (shared/hpa/zero-replicas-on-kind-1.36.3.txt), Object metric. */
const AT_ZERO = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'rig-check', resourceVersion: '795' },
  spec: {
    maxReplicas: 3,
    minReplicas: 0,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    metrics: [
      {
        type: 'Object',
        object: {
          describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
          metric: { name: 'queue-depth' },
          target: { type: 'AverageValue', averageValue: '2' },
        },
      },
    ],
  },
  status: {
    conditions: [
      {
        type: 'AbleToScale',
        status: 'True',
        reason: 'ReadyForNewScale',
        message: 'recommended size matches current size',
      },
      { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: 'the HPA was able to …' },
    ],
    currentMetrics: [{ type: 'Object', object: { current: { averageValue: '-9223372036854775808m' } } }],
    desiredReplicas: 0,
    lastScaleTime: '2026-11-22T09:28:18Z',
  },
};

const external = (target: object) => ({ type: 'External', external: { metric: { name: 'q' }, target } });
const average = { type: 'AverageValue', averageValue: '2' };

function summaryOf(metrics: readonly object[], status: object) {
  return hpaSummary(
    parseHpa({ ...AT_ZERO, spec: { ...AT_ZERO.spec, metrics }, status: { desiredReplicas: 0, ...status } }),
  );
}

function externalAverage(value: string, currentReplicas: number) {
  const currentMetrics = [{ type: 'External', external: { current: { averageValue: value } } }];
  return summaryOf([external(average)], { currentMetrics, currentReplicas }).metrics[0];
}

test('the item has the six fields that scripts rely on, and the rest beside them', () => {
  expect(hpaSummary(parseHpa(AT_ZERO))).toEqual({
    namespace: 'rig-check',
    name: 'web',
    current: 0,
    desired: 0,
    min: 0,
    max: 3,
    scaleTargetRef: { kind: 'Deployment', name: 'web' },
    metrics: [
      {
        name: 'queue-depth',
        type: 'Object',
        current: null,
        target: '2',
        targetType: 'AverageValue',
        raw: '-9223372036854775808m',
        artefact: '0 replicas: average undefined',
      },
    ],
    conditions: AT_ZERO.status.conditions,
    lastScaleTime: '2026-11-22T09:28:18Z',
  });
});

describe('kubernetes#140956: an average over zero replicas is never a value', () => {
  test.each([
    ['-9223372036854775808m', 0, '0 replicas: average undefined'],
    // The status counts spec.replicas; the divisor was status.replicas, still 0 after 0 → 1.
    ['-9223372036854775808m', 1, '0 replicas: average undefined'],
    ['9223372036854775807m', 0, '0 replicas: average undefined'],
    ['0', 0, '0 replicas: average undefined'],
    ['9223372036854775807m', 2, 'no pods or a negative total: average undefined'],
  ])('%s at %i replicas is marked', (raw, replicas, artefact) => {
    expect(externalAverage(raw, replicas)).toMatchObject({ current: null, raw, artefact });
  });

  test('0 over one replica is the value 0', () => {
    expect(externalAverage('0', 1)).toEqual({
      name: 'q',
      type: 'External',
      current: '0',
      target: '2',
      targetType: 'AverageValue',
    });
  });

  test('a total (target Value) is not divided, so 0 at zero replicas is a value', () => {
    const currentMetrics = [{ type: 'External', external: { current: { value: '0' } } }];
    expect(summaryOf([external({ type: 'Value', value: '30' })], { currentMetrics }).metrics[0]?.current).toBe('0');
  });
});

describe('an unknown value says why', () => {
  const condition = (type: string, status: string, message: string) => ({ type, status, reason: 'R', message });
  test.each([
    ['a new HPA', {}, 'the HPA controller has not looked at this HPA yet'],
    ['a failed metric', { conditions: [condition('ScalingActive', 'False', 'unable to …')] }, 'unable to …'],
    ['a lost target', { conditions: [condition('AbleToScale', 'False', 'not found')] }, 'not found'],
    [
      'replicas above max',
      { conditions: [condition('AbleToScale', 'True', '')], currentReplicas: 9 },
      'not asked for: the replicas were above max',
    ],
    [
      'a blank slot beside a good one',
      { conditions: [condition('ScalingActive', 'True', '')], currentMetrics: [{ type: '' }], currentReplicas: 1 },
      'this metric gave no value in the last sync',
    ],
  ])('%s', (_, status, reason) => {
    expect(summaryOf([external(average)], status).metrics[0]).toMatchObject({ current: null, reason });
  });
});

test('resource metrics: utilization in percent, plain values as quantities, null lists as empty ones', () => {
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } } },
  ];
  const currentMetrics = [
    { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 55, averageValue: '110m' } } },
    { type: 'Resource', resource: { name: 'memory', current: { averageValue: '60242Ki' } } },
  ];
  const shown = summaryOf(metrics, { currentMetrics, conditions: null, currentReplicas: 1 }).metrics;
  expect(shown.map(({ name, current, target }) => `${name} ${current}/${target}`)).toEqual([
    'cpu 55%/80%',
    'memory 60242Ki/100Mi',
  ]);
});

test('minReplicas left out is 1; anything that is no HPA is refused', () => {
  const { minReplicas: _, ...spec } = AT_ZERO.spec;
  expect(hpaSummary(parseHpa({ ...AT_ZERO, spec })).min).toBe(1);
  expect(() => parseHpa({ kind: 'Pod', metadata: { name: 'x' } })).toThrow(LabError);
});
