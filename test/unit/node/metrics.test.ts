import { describe, expect, it } from 'vitest';
import { parseStat } from '../../../src/minicluster/node/process-use.ts';
import { type MetricsView, metricsAnswer } from '../../../src/minicluster/node/resource-metrics.ts';
import { type Usage, UsageSampler } from '../../../src/minicluster/node/usage.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { NOW } from './fixture.ts';

describe('a line of /proc/PID/stat', () => {
  it('is read behind the last parenthesis', () => {
    const fields = 'S 1 42 42 0 -1 4194560 100 0 0 0 7 5 3 1 20 0 11 0 12345 1000 200';
    expect(parseStat(`42 (a (b) c) ${fields}`)).toEqual({ session: 42, ticks: 16 });
  });
});

describe('measuring what processes use', () => {
  it('has an answer after a whole window, and begins anew with a new process', async () => {
    const clock = new VirtualClock(NOW);
    let cpuNanos = 1e9;
    let targets = new Map([['7/a', 7]]);
    const sampler = new UsageSampler({
      clock,
      targets: () => targets,
      read: (leaders) => new Map([...leaders].map((pid) => [pid, { cpuNanos, memoryBytes: 1024 }])),
    });
    sampler.sample();
    expect(sampler.usage('7/a')).toBeUndefined();
    await clock.sleep(10_000);
    cpuNanos += 2.5e9;
    sampler.sample();
    expect(sampler.usage('7/a')).toEqual({
      cpuNanoCores: 250_000_000,
      memoryBytes: 1024,
      cpuNanosTotal: 3.5e9,
      at: NOW + 10_000,
      windowMs: 10_000,
    });
    targets = new Map([['7/b', 7]]);
    sampler.sample();
    expect(sampler.usage('7/a')).toBeUndefined();
    expect(sampler.usage('7/b')).toBeUndefined();
  });
});

describe('metrics.k8s.io', () => {
  const usage: Usage = { cpuNanoCores: 12_345, memoryBytes: 2 ** 20, cpuNanosTotal: 1, at: NOW, windowMs: 10_012 };
  const pod = (name: string, namespace: string, app: string) => ({
    name,
    namespace,
    labels: { app },
    containers: [{ name: 'main', usage }],
  });
  const view: MetricsView = {
    now: () => NOW,
    pods: () => [pod('a', 'one', 'x'), pod('b', 'two', 'y')],
    nodes: () => [{ name: 'node-1', labels: { role: 'lab' }, usage }],
  };
  const get = (path: string, query = '', table = false) =>
    metricsAnswer(view, `/apis/metrics.k8s.io/v1beta1${path}`, new URLSearchParams(query), table);
  const names = (body: object) =>
    (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);

  it('lists pods of all and of one namespace, by selector', () => {
    expect(names(get('/pods').body)).toEqual(['a', 'b']);
    expect(names(get('/namespaces/two/pods').body)).toEqual(['b']);
    expect(names(get('/pods', 'labelSelector=app!=x').body)).toEqual(['b']);
    expect(names(get('/namespaces/none/pods').body)).toEqual([]);
    expect(names(get('/nodes', 'labelSelector=role=lab').body)).toEqual(['node-1']);
    expect(names(get('/nodes', 'labelSelector=role=other').body)).toEqual([]);
  });

  it('has one pod and one node by name', () => {
    expect(get('/namespaces/one/pods/a').body).toEqual({
      kind: 'PodMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: { name: 'a', namespace: 'one', labels: { app: 'x' }, creationTimestamp: '2026-01-01T00:00:00Z' },
      timestamp: '2026-01-01T00:00:00Z',
      window: '10.012s',
      containers: [{ name: 'main', usage: { cpu: '12345n', memory: '1024Ki' } }],
    });
    expect(get('/nodes/node-1')).toMatchObject({
      status: 200,
      body: { kind: 'NodeMetrics', usage: { memory: '1024Ki' } },
    });
  });

  it.each([
    ['/namespaces/one/pods/b', '', 404],
    ['/nodes/other', '', 404],
    ['/pods/a', '', 404],
    ['/namespaces/one/pods/a/more', '', 404],
    ['/services', '', 404],
    ['/pods', 'labelSelector=a in (', 400],
    ['/pods', 'watch=true', 405],
  ])('refuses %s?%s with %i', (path, query, status) => {
    expect(get(path, query)).toMatchObject({ status, body: { kind: 'Status', status: 'Failure', code: status } });
  });

  it('prints tables', () => {
    expect(get('/pods', '', true).body).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['a', '12345n', '1024Ki', '10.012s'] }, { cells: ['b', '12345n', '1024Ki', '10.012s'] }],
    });
  });

  it('is discovered', () => {
    const kind = (path: string) => metricsAnswer(view, path, new URLSearchParams(), false).body;
    expect(kind('/apis')).toMatchObject({ kind: 'APIGroupList', groups: [{ name: 'metrics.k8s.io' }] });
    expect(kind('/apis/metrics.k8s.io')).toMatchObject({ kind: 'APIGroup', preferredVersion: { version: 'v1beta1' } });
    expect(kind('/apis/metrics.k8s.io/v1beta1')).toMatchObject({ resources: [{ name: 'nodes' }, { name: 'pods' }] });
  });
});
