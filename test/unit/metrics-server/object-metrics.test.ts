import { describe, expect, it } from 'vitest';
import type { MetricSample } from '../../../src/contracts/metric-source.ts';
import { EVERYTHING, parseSelector, type Selector } from '../../../src/kube/label-selector.ts';
import { eitherCustom } from '../../../src/metrics-server/all-custom.ts';
import { MemoryMetrics } from '../../../src/metrics-server/memory/memory-metrics.ts';
import { ObjectMetrics, type ObjectRule } from '../../../src/metrics-server/polling/object-metrics.ts';
import type { ResourceKind } from '../../../src/metrics-server/provider.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const PODS: ResourceKind = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const query = { resource: PODS, namespace: 'shop', metric: 'rps', metricSelector: EVERYTHING };

function setup(samples: readonly MetricSample[] | undefined, more: Partial<ObjectRule> = {}) {
  const clock = new ManualClock();
  const metrics = new ObjectMetrics(clock);
  const state = {
    samples,
    readAt: NOW,
    error: undefined,
    reads: 1,
    failures: 0,
    causes: new Map(),
    lastMs: 1,
    endedAtMs: NOW,
  };
  const rule: ObjectRule = {
    name: 'rps',
    namespaces: undefined,
    labels: {},
    maxAgeMs: 30_000,
    fallback: undefined,
    poll: { name: 'p', state },
    object: { resource: 'pods', namespaceLabel: 'ns', nameLabel: 'pod' },
    ...more,
  };
  metrics.replace([rule]);
  return { clock, metrics };
}
function selectorOf(text: string): Selector {
  const parsed = parseSelector(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

const NOW = new ManualClock().now();
const sample = (labels: Record<string, string>, value: string): MetricSample => ({ labels, value, timestampMs: NOW });

describe('custom metrics of a polled source', () => {
  it('belong to the objects that their labels name; the other labels are the metric’s', () => {
    const { metrics } = setup([
      sample({ ns: 'shop', pod: 'a', path: 'x' }, '1'),
      sample({ ns: 'shop', pod: 'b' }, '2'),
      sample({ ns: 'other', pod: 'a' }, '3'),
      sample({ pod: 'nowhere' }, '4'),
    ]);
    expect(metrics.getMetricByName({ ...query, name: 'a' })).toEqual({ name: 'a', value: '1', timestampMs: NOW });
    const values = metrics.getMetricBySelector({ ...query, names: ['a', 'b', 'nowhere'] });
    expect(values.map(({ name, value }) => `${name}=${value}`)).toEqual(['a=1', 'b=2']);
    expect(metrics.getMetricByName({ ...query, name: 'a', metricSelector: selectorOf('path=y') })).toBe('other-labels');
    expect(metrics.listAllMetrics()).toMatchObject([
      { metric: 'rps', resource: { resource: 'pods', namespaced: true } },
    ]);
    expect(
      metrics.getMetricByName({ ...query, resource: { ...PODS, resource: 'services' }, name: 'a' }),
    ).toBeUndefined();
  });

  it('are errors once too old, unless there is a default, which also stands in for an empty series', async () => {
    const one = [sample({ ns: 'shop', pod: 'a' }, '1')];
    const { clock, metrics } = setup(one);
    await clock.advance(30_001);
    expect(() => metrics.getMetricByName({ ...query, name: 'a' })).toThrow(/no fresh value/);
    const other = setup(one, { fallback: '0' });
    await other.clock.advance(30_001);
    expect(other.metrics.getMetricByName({ ...query, name: 'a' })).toMatchObject({ value: '0' });
    expect(other.metrics.getMetricByName({ ...query, name: 'never-seen' })).toMatchObject({ value: '0' });
    expect(() => setup(undefined).metrics.getMetricByName({ ...query, name: 'a' })).toThrow(/no value yet/);
  });

  it('count as 0 up to their activation', () => {
    const samples = ['3', '3001m', '-1'].map((value, index) => sample({ ns: 'shop', pod: `p${index}` }, value));
    const { metrics } = setup(samples, { activation: '3' });
    const values = metrics.getMetricBySelector({ ...query, names: ['p0', 'p1', 'p2'] });
    expect(values.map(({ value }) => value)).toEqual(['0', '3001m', '0']);
  });

  it('stand behind what somebody wrote of the same object', async () => {
    const { clock, metrics } = setup([sample({ ns: 'shop', pod: 'a' }, '1'), sample({ ns: 'shop', pod: 'b' }, '2')]);
    const memory = new MemoryMetrics(clock, 10);
    const both = eitherCustom(memory, metrics);
    memory.writeCustom({ resource: PODS, namespace: 'shop', metric: 'rps', name: 'a', labels: {}, value: '9' });
    expect(await both.getMetricByName({ ...query, name: 'a' })).toMatchObject({ value: '9' });
    const values = await both.getMetricBySelector({ ...query, names: ['a', 'b'] });
    expect(values.map(({ value }) => value)).toEqual(['9', '2']);
    expect(both.revision).toBeUndefined();
    metrics.replace([]);
    expect(both.revision).toBe(memory.revision);
  });

  it('written into the configuration, they stay until somebody writes', () => {
    const memory = new MemoryMetrics(new ManualClock(), 10);
    const constant = (value: string) => [
      { resource: PODS, namespace: 'shop', metric: 'rps', name: 'a', labels: {}, value },
    ];
    const read = () => memory.getMetricByName({ ...query, name: 'a' });
    memory.replaceConstants([], constant('1'));
    memory.replaceConstants([], constant('2'));
    expect(read()).toMatchObject({ value: '2' });
    memory.writeCustom({ resource: PODS, namespace: 'shop', metric: 'rps', name: 'a', labels: {}, value: '3' });
    memory.replaceConstants([], constant('4'));
    expect(read()).toMatchObject({ value: '3' });
  });
});
