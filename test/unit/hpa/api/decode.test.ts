import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeV1, decodeV2, encodeV1, encodeV2 } from '../../../../src/hpa/api/codec.ts';
import { v1ToV2, v2ToV1 } from '../../../../src/hpa/api/convert-v1.ts';
import { defaultHpa } from '../../../../src/hpa/api/defaults.ts';
import { goJson, parseGoJson } from '../../../../src/hpa/api/go-json.ts';
import { readHpa } from '../../../../src/hpa/api/read-manifest.ts';
import { quirksOf } from '../../../../src/hpa/quirks.ts';

const NEW = quirksOf(36);
const OLD = quirksOf(32);
const KIND = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
const SPEC = { scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' }, maxReplicas: 10 };
const HPA = { ...KIND, metadata: { name: 'web', namespace: 'ns1' }, spec: SPEC };

describe('decodeV2', () => {
  it('reports wrong types and unknown fields with their paths and goes on', () => {
    const json = {
      ...HPA,
      spec: {
        ...SPEC,
        maxReplicas: '10',
        replicas: 3,
        metrics: [
          { type: 'External', external: { metric: { name: 5 }, target: { type: 'Value', value: 'ten', avg: 1 } } },
        ],
      },
    };
    expect(decodeV2(json, NEW).problems).toEqual([
      {
        path: ['spec', 'maxReplicas'],
        kind: 'type',
        message:
          'json: cannot unmarshal string into Go struct field HorizontalPodAutoscalerSpec.spec.maxReplicas of type int32',
      },
      { path: ['spec', 'replicas'], kind: 'unknown', message: 'unknown field "spec.replicas"' },
      {
        path: ['spec', 'metrics', 0, 'external', 'metric', 'name'],
        kind: 'type',
        message:
          'json: cannot unmarshal number into Go struct field MetricIdentifier.spec.metrics.external.metric.name of type string',
      },
      {
        path: ['spec', 'metrics', 0, 'external', 'target', 'value'],
        kind: 'type',
        message: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      },
      {
        path: ['spec', 'metrics', 0, 'external', 'target', 'avg'],
        kind: 'unknown',
        message: 'unknown field "spec.metrics[0].external.target.avg"',
      },
    ]);
  });

  it('takes null in a map or list of texts for an empty one, as Go does', () => {
    const selector = { matchLabels: { app: null }, matchExpressions: [{ key: 'a', operator: 'In', values: [null] }] };
    const target = { type: 'Value', value: '1' };
    const json = {
      ...HPA,
      spec: { ...SPEC, metrics: [{ type: 'External', external: { metric: { name: 'q', selector }, target } }] },
    };
    const { value, problems } = decodeV2(json, NEW);
    expect(problems).toEqual([]);
    expect(value.spec.metrics?.[0]?.external?.metric.selector).toEqual({
      matchLabels: { app: '' },
      matchExpressions: [{ key: 'a', operator: 'In', values: [''] }],
    });
  });

  it('drops what a version does not know', () => {
    const json = { ...HPA, spec: { ...SPEC, behavior: { scaleUp: { tolerance: '0.1' } } } };
    expect(decodeV2(json, NEW).value.spec.behavior).toEqual({ scaleUp: { tolerance: '0.1' } });
    const old = decodeV2(json, OLD);
    expect(old.value.spec.behavior).toEqual({ scaleUp: {} });
    expect(old.problems.map(({ message }) => message)).toEqual(['unknown field "spec.behavior.scaleUp.tolerance"']);
  });

  it('takes numbers and null as Go does', () => {
    const target = { type: 'Value', value: 10, averageValue: null };
    const json = {
      ...HPA,
      spec: { ...SPEC, minReplicas: null, metrics: [{ type: 'External', external: { target } }] },
    };
    const { value, problems } = decodeV2(json, NEW);
    expect(problems).toEqual([]);
    expect(value.spec).not.toHaveProperty('minReplicas');
    expect(value.spec.metrics?.[0]?.external).toEqual({ metric: { name: '' }, target: { type: 'Value', value: '10' } });
  });

  it('refuses what is no object, fractions, and numbers beyond int32', () => {
    expect(decodeV2([], NEW).problems[0]?.message).toBe(
      'json: cannot unmarshal array into Go value of type v2.HorizontalPodAutoscaler',
    );
    for (const maxReplicas of [1.5, 3e9, true, {}]) {
      expect(decodeV2({ ...HPA, spec: { ...SPEC, maxReplicas } }, NEW).problems).toHaveLength(1);
    }
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { value } = decodeV2(JSON.parse(text), NEW);
        encodeV2(value, NEW);
        readHpa({ ...KIND, spec: JSON.parse(text) }, NEW);
      }),
    );
  });
});

describe('encodeV2', () => {
  it('writes keys in the order of Go and quantities canonical', () => {
    const json = {
      ...HPA,
      spec: {
        metrics: [
          {
            external: { target: { averageValue: '0.5', type: 'AverageValue' }, metric: { name: 'q' } },
            type: 'External',
          },
        ],
        ...SPEC,
      },
    };
    expect(JSON.stringify(encodeV2(decodeV2(json, NEW).value, NEW))).toBe(
      '{"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling/v2","metadata":{"name":"web","namespace":"ns1"},' +
        '"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web","apiVersion":"apps/v1"},"maxReplicas":10,' +
        '"metrics":[{"type":"External","external":{"metric":{"name":"q"},"target":{"type":"AverageValue","averageValue":"500m"}}}]},' +
        '"status":{"desiredReplicas":0,"currentMetrics":null}}',
    );
    expect(encodeV2(decodeV2(HPA, OLD).value, OLD)['metadata']).toHaveProperty('creationTimestamp', null);
  });

  it('defaults once and for all', () => {
    const once = defaultHpa(
      decodeV2({ ...HPA, spec: { ...SPEC, behavior: { scaleUp: { policies: [] } } } }, NEW).value,
    );
    expect(defaultHpa(once)).toEqual(once);
    expect(once.spec.behavior?.scaleUp?.policies).toEqual([]);
    expect(once.spec.behavior?.scaleDown).not.toHaveProperty('stabilizationWindowSeconds');
  });
});

describe('v1', () => {
  const v1 = (annotations: Record<string, string>, spec: object = {}): object => ({
    ...KIND,
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'web', namespace: 'ns1', annotations },
    spec: { ...SPEC, ...spec },
  });
  const metrics = (json: object): unknown => v1ToV2(decodeV1(json, NEW).value, NEW).spec.metrics;
  const ANNOTATION = 'autoscaling.alpha.kubernetes.io/metrics';
  const EXTERNAL = '[{"Type":"External","external":{"metricName":"q","targetAverageValue":1e1}}]';

  it('reads annotations in any case, numbers as written, and puts cpu last', () => {
    expect(metrics(v1({ [ANNOTATION]: EXTERNAL }, { targetCPUUtilizationPercentage: 75 }))).toEqual([
      { type: 'External', external: { metric: { name: 'q' }, target: { type: 'AverageValue', averageValue: '1e1' } } },
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 75 } } },
    ]);
  });

  it.each(['{', '[{"type":5}]', '[{"type":"Pods","pods":{"targetAverageValue":"x"}}]', ''])(
    'ignores the annotation %j silently: cpu 80%%',
    (annotation) => {
      expect(metrics(v1({ [ANNOTATION]: annotation }))).toEqual([
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ]);
    },
  );

  it('comes back from v2 the same', () => {
    const hpa = v1ToV2(decodeV1(v1({ [ANNOTATION]: EXTERNAL, team: 'a' }), NEW).value, NEW);
    const again = decodeV1(JSON.parse(JSON.stringify(encodeV1(v2ToV1(hpa, NEW), NEW))), NEW);
    expect(again.problems).toEqual([]);
    expect(encodeV2(v1ToV2(again.value, NEW), NEW)).toEqual(encodeV2(hpa, NEW));
  });
});

describe('readHpa', () => {
  it('converts v2beta2 and v2beta1 and tells which it was', () => {
    const beta2 = readHpa({ ...HPA, apiVersion: 'autoscaling/v2beta2' }, NEW);
    expect(beta2).toMatchObject({
      version: 'v2beta2',
      hpa: { apiVersion: 'autoscaling/v2', spec: SPEC },
      problems: [],
    });
    const source = {
      metricName: 'hits',
      targetValue: '0',
      averageValue: '10',
      target: { kind: 'Service', name: 'web' },
    };
    const beta1 = readHpa(
      { ...HPA, apiVersion: 'autoscaling/v2beta1', spec: { ...SPEC, metrics: [{ type: 'Object', object: source }] } },
      NEW,
    );
    expect(beta1).toMatchObject({
      version: 'v2beta1',
      problems: [],
      hpa: {
        spec: {
          metrics: [
            {
              type: 'Object',
              object: {
                describedObject: { kind: 'Service', name: 'web' },
                metric: { name: 'hits' },
                target: { type: 'AverageValue', averageValue: '10' },
              },
            },
          ],
        },
      },
    });
  });

  it.each([
    [null, 'not an object'],
    [{ apiVersion: 'apps/v1', kind: 'Deployment' }, 'other kind'],
    [{ ...KIND, apiVersion: 'autoscaling/v3' }, 'unknown version'],
  ])('%j is no HPA: %s', (json, reason) => {
    expect(readHpa(json, NEW)).toMatchObject({ reason });
  });
});

describe('JSON as Go has it', () => {
  it('escapes for HTML and keeps the text of numbers', () => {
    expect(goJson({ a: '<&>\u2028' })).toBe('{"a":"\\u003c\\u0026\\u003e\\u2028"}');
    expect(parseGoJson('[1e3, 10, 1.0]')).toEqual([{ goNumber: '1e3' }, 10, { goNumber: '1.0' }]);
    expect(parseGoJson('[')).toBeUndefined();
  });
});
