import { describe, expect, it } from 'vitest';
import { FIELDS, fieldPath } from '../../../src/explain/reference/fields.ts';
import { METRICS } from '../../../src/explain/reference/metrics.ts';
import { decodeV2, defaultSpec, encodeV2, rulesOf } from '../../../src/hpa/index.ts';

const RULES = rulesOf({ minor: 37, arch: 'amd64', gates: {} });
const target = { type: 'Value', value: '1', averageValue: '1', averageUtilization: 1 };
const metric = { name: 'm' };
const side = {
  stabilizationWindowSeconds: 1,
  selectPolicy: 'Max',
  tolerance: '0.1',
  policies: [{ type: 'Pods', value: 1, periodSeconds: 1 }],
};
/** An HPA in which every field is set. */
const WHOLE = {
  metadata: { name: 'web' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas: 1,
    maxReplicas: 2,
    metrics: [
      { type: 'Resource', resource: { name: 'cpu', target } },
      { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target } },
      { type: 'Pods', pods: { metric, target } },
      { type: 'Object', object: { metric, target, describedObject: { kind: 'Service', name: 'web' } } },
      { type: 'External', external: { metric, target } },
    ],
    behavior: { scaleUp: side, scaleDown: side },
  },
  status: {
    currentReplicas: 1,
    desiredReplicas: 1,
    lastScaleTime: '2026-01-01T00:00:00Z',
    currentMetrics: [{ type: 'External', external: { metric, current: { value: '1' } } }],
    conditions: [{ type: 'AbleToScale', status: 'True' }],
  },
};

describe('what is said of fields', () => {
  it.each(FIELDS.map(({ name }) => name))('%s is a field of autoscaling/v2', (name) => {
    const whole = encodeV2(decodeV2(WHOLE, RULES).value, RULES);
    expect(pathsOf(whole).map(fieldPath)).toContain(name);
  });

  it('has the defaults that the API has', () => {
    const { spec } = decodeV2(
      { ...WHOLE, spec: { maxReplicas: 2, behavior: { scaleUp: {}, scaleDown: {} } } },
      RULES,
    ).value;
    const { minReplicas, behavior } = defaultSpec(spec);
    const byDefault = (name: string) => FIELDS.find((field) => field.name === name)?.byDefault;
    expect(byDefault('spec.minReplicas')).toBe(String(minReplicas));
    expect(byDefault('spec.behavior.scaleUp.stabilizationWindowSeconds')).toBe(
      String(behavior?.scaleUp?.stabilizationWindowSeconds),
    );
    expect(byDefault('spec.behavior.scaleDown.selectPolicy')).toBe(behavior?.scaleDown?.selectPolicy);
  });

  it.each([
    ['hpa.spec.minReplicas', 'spec.minReplicas'],
    ['hpa', ''],
    ['spec.metrics[0].external.target.averageValue', 'spec.metrics.target.averageValue'],
    ['HPA.status', 'status'],
  ])('reads %s', (typed, path) => expect(fieldPath(typed)).toBe(path));
});

describe('what is said of metrics', () => {
  it('names each once', () => {
    const names = METRICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

function pathsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, path));
  if (value === null || typeof value !== 'object') return [path];
  const inner = Object.entries(value).flatMap(([name, child]) =>
    pathsOf(child, path === '' ? name : `${path}.${name}`),
  );
  return path === '' ? inner : [path, ...inner];
}
