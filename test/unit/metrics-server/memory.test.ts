import { describe, expect, it } from 'vitest';
import { EVERYTHING, parseSelector, type Selector } from '../../../src/kube/label-selector.ts';
import { labelsOf } from '../../../src/metrics-server/memory/labels-parameter.ts';
import { MemoryMetrics } from '../../../src/metrics-server/memory/memory-metrics.ts';
import { quantityBody } from '../../../src/metrics-server/memory/quantity-body.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const PODS = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const selector = (text: string): Selector => {
  const parsed = parseSelector(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

describe('written values', () => {
  const write = (memory: MemoryMetrics, name: string, value: string, labels: Record<string, string> = {}) =>
    memory.writeCustom({ resource: PODS, namespace: 'a', name, metric: 'm', value, labels });
  const query = (metricSelector = EVERYTHING) => ({ resource: PODS, namespace: 'a', metric: 'm', metricSelector });

  it('are kept by object; the newest value and its labels win', () => {
    const clock = new ManualClock();
    const memory = new MemoryMetrics(clock, 10);
    write(memory, 'p', '1', { a: 'b' });
    write(memory, 'p', '2', { c: 'd' });
    expect(memory.getMetricByName({ ...query(), name: 'p' })).toEqual({
      name: 'p',
      value: '2',
      timestampMs: clock.now(),
    });
    expect(memory.getMetricByName({ ...query(selector('a=b')), name: 'p' })).toBe('other-labels');
    expect(memory.getMetricByName({ ...query(), name: 'q' })).toBeUndefined();
    expect(memory.getMetricBySelector({ ...query(), names: ['p', 'q'] })).toHaveLength(1);
    expect(memory.listAllMetrics()).toEqual([{ resource: PODS, metric: 'm' }]);
  });

  it('have a limit, and a revision that tells of every change', () => {
    const memory = new MemoryMetrics(new ManualClock(), 1);
    write(memory, 'p', '1');
    const { revision } = memory;
    write(memory, 'p', '2');
    expect(memory.revision).toBeGreaterThan(revision);
    expect(() => write(memory, 'q', '1')).toThrow('No further value is kept');
    expect(() => memory.writeExternal({ metric: 'x', namespace: undefined, labels: {}, value: '1' })).toThrow(
      'No further value',
    );
  });

  it('may be external: a series per namespace and labels', async () => {
    const clock = new ManualClock();
    const memory = new MemoryMetrics(clock, 10);
    memory.writeExternal({ metric: 'x', namespace: undefined, labels: { a: '1', b: '2' }, value: '1' });
    memory.writeExternal({ metric: 'x', namespace: undefined, labels: { b: '2', a: '1' }, value: '2' });
    memory.writeExternal({ metric: 'x', namespace: 'only', labels: {}, value: '3' });
    memory.replaceConstants([{ metric: 'x', namespace: undefined, labels: { constant: 'yes' }, value: '4' }], []);
    await clock.advance(60_000);
    const read = (namespace: string, text = '') =>
      memory.getExternalMetric({ namespace, metric: 'x', selector: selector(text) });
    expect(read('default').map((one) => one.value)).toEqual(['2', '4']);
    expect(read('only').map((one) => one.value)).toEqual(['2', '3', '4']);
    expect(read('only', 'constant')).toEqual([{ labels: { constant: 'yes' }, value: '4', timestampMs: clock.now() }]);
    memory.replaceConstants([{ metric: 'y', namespace: undefined, labels: {}, value: '5' }], []);
    expect(read('only').map((one) => one.value)).toEqual(['2', '3']);
    expect(memory.listAllExternalMetrics()).toEqual(['x', 'y']);
    expect(memory.getExternalMetric({ namespace: 'a', metric: 'unknown', selector: EVERYTHING })).toEqual([]);
  });
});

describe('bodies', () => {
  it.each([
    ['"300m"', '300m'],
    ['1500', '1500'],
    ['1e3', '1e3'],
    [' 17.330 ', '17.330'],
    ['"17.33"', '17330m'],
    ['"1.5Gi"', '1536Mi'],
    ['"0.0001"', '100u'],
    ['-1', '-1'],
  ])('%s is %s', (body, quantity) => {
    expect(quantityBody(body)).toEqual({ quantity });
  });
  it.each([
    '',
    'five',
    '{"value":"1"}',
    '["1"]',
    'true',
    'null',
    '"1',
    '1 2',
    '"NaN"',
    '"Inf"',
    '" 1"',
    '"1\\u006d"',
    '"m"',
    '"-"',
    '"."',
    '""',
    '"1mm"',
  ])('%s is refused', (body) => {
    expect(quantityBody(body)).toHaveProperty('problem');
  });
});

describe('the labels parameter', () => {
  it.each([
    ['', {}],
    ['a=b,c=d', { a: 'b', c: 'd' }],
    [' a = b ', { a: 'b' }],
    ['a=', { a: '' }],
    ['a=b,a=c', { a: 'c' }],
    ['a in (b)', 'invalid selector: [a in (b)]'],
    ['a', 'invalid selector: [a]'],
    ['a==b', 'invalid selector: [a  b]'],
    [',', 'invalid selector: []'],
  ])('%j', (text, expected) => {
    const labels = labelsOf(text);
    expect(typeof labels === 'string' ? labels : { ...labels }).toEqual(expected);
  });
  it('refuses bad keys and values with upstream’s words', () => {
    expect(labelsOf('-a=b')).toMatch(/^<nil>: Invalid value: "-a": name part must consist/);
    expect(labelsOf('a=b!')).toMatch(/^\[a\]: Invalid value: "b!": a valid label must be an empty string or consist/);
  });
});
