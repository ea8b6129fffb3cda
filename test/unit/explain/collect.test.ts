import { describe, expect, it } from 'vitest';
import { bundleText, readBundle } from '../../../src/explain/bundle-schema.ts';
import { collect, type CollectOptions } from '../../../src/explain/collect.ts';
import { explainBundle } from '../../../src/explain/explain.ts';
import type { ExplainedHpa } from '../../../src/explain/explanation.ts';
import { sampleSeries } from '../../../src/explain/sample.ts';
import { NOW, QUEUE_PATH } from '../../helpers/evidence-view.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { type FakeCluster, hpa, refused, shop } from './fake-cluster.ts';

async function explained(
  cluster: FakeCluster,
  options: Partial<CollectOptions> = {},
): Promise<readonly ExplainedHpa[]> {
  const signal = new AbortController().signal;
  const { bundles } = await collect(cluster, {
    namespace: 'shop',
    clock: new VirtualClock(Date.parse(NOW)),
    signal,
    ...options,
  });
  const found: ExplainedHpa[] = [];
  for await (const bundle of bundles())
    found.push(...explainBundle(bundle, options.name === undefined ? {} : { name: options.name }));
  return found;
}

describe('collect', () => {
  it('finds nothing wrong with a healthy HPA', async () => {
    const [only] = await explained(shop(), { name: 'web' });
    expect(only).toMatchObject({ name: 'web', computed: 4, findings: [], unknown: [], differences: [] });
  });

  it('gives the same findings from a recording as from the cluster', async () => {
    const path = QUEUE_PATH;
    const v1 = { ...hpa('web'), metadata: { ...(hpa('web')['metadata'] as object), annotations: { note: 'hunter2' } } };
    const cluster = shop({
      '/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers': { status: 200, body: { items: [v1] } },
      [path]: { status: 404, body: { message: 'not found' } },
      '/api/v1/namespaces/shop/pods': refused(403),
    });
    const { bundles } = await collect(cluster, {
      namespace: 'shop',
      clock: new VirtualClock(Date.parse(NOW)),
      signal: new AbortController().signal,
      withV1: true,
    });
    for await (const bundle of bundles()) {
      const live = [...explainBundle(bundle)];
      expect(live[0]?.unknown).toHaveLength(1);
      expect(bundle.evidence.hpasV1).toMatchObject([
        { apiVersion: 'autoscaling/v1', metadata: { annotations: { note: '***' } } },
      ]);
      expect([...explainBundle(readBundle(bundleText(bundle), 'b.json'))]).toEqual(live);
    }
  });

  it('looks over time where it is told to', async () => {
    const clock = new VirtualClock(Date.parse(NOW));
    const options = { namespace: 'shop', name: 'web', clock, signal: new AbortController().signal };
    const series = await sampleSeries(shop(), { ...options, forMs: 12_000, everyMs: 5_000 });
    expect([...series.keys()]).toEqual(['shop/web']);
    expect(series.get('shop/web')).toHaveLength(4);
    expect(series.get('shop/web')?.[0]).toMatchObject({ hpa: 'web', scale: { specReplicas: 4, statusReplicas: 4 } });
    const { bundles } = await collect(shop(), { ...options, series });
    for await (const bundle of bundles()) expect(bundle.evidence.series).toHaveLength(4);
  });

  it('takes the time from the API server: a slow clock here is no clock skew there', async () => {
    const cluster = shop();
    cluster.headers = { date: new Date(NOW).toUTCString() };
    const clock = new VirtualClock(Date.parse(NOW) - 3_600_000);
    expect(await explained(cluster, { name: 'web', clock })).toMatchObject([{ findings: [] }]);
  });

  it('keeps no value that could be a secret', async () => {
    const { bundles } = await collect(shop(), {
      namespace: 'shop',
      clock: new VirtualClock(Date.parse(NOW)),
      signal: new AbortController().signal,
    });
    let text = '';
    for await (const bundle of bundles()) text += JSON.stringify(bundle);
    expect(text).not.toContain('hunter2');
    expect(text).toContain('***');
  });

  it.each([
    ['/api/v1/namespaces/shop/pods', 'cannot list pods (403)', 'resources: ["pods"], verbs: ["list"]'],
    [
      '/apis/apps/v1/namespaces/shop/deployments/web',
      'cannot get Deployment web (403)',
      'resources: ["deployments"], verbs: ["get"]',
    ],
    [QUEUE_PATH, 'cannot read metric queue (403)', 'apiGroups: ["external.metrics.k8s.io"]'],
    [
      '/apis/apiregistration.k8s.io/v1/apiservices',
      'cannot list apiservices (403)',
      'a ClusterRole with {apiGroups: ["apiregistration.k8s.io"]',
    ],
  ])('calls %s unknown when it is forbidden, and names the right', async (path, what, rule) => {
    const [only] = await explained(shop({ [path]: refused(403) }), { name: 'web' });
    expect(only?.unknown).toEqual([{ what, rule: expect.stringContaining(rule) }]);
    expect(only?.findings).toEqual([]);
  });

  it('takes what gives no answer in time for unknown, not for an error', async () => {
    const [only] = await explained(shop({ [QUEUE_PATH]: 'hangs' }), { name: 'web' });
    expect(only?.unknown).toEqual([{ what: 'cannot read metric queue (no answer within 10 s)', rule: null }]);
    expect(only?.computed).toBeNull();
  });

  it('says when the API server does not answer at all', async () => {
    const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
    await expect(explained(shop({ [path]: 'hangs' }), { timeoutMs: 2_000 })).rejects.toMatchObject({
      id: 'ML-KUBE-UNREACHABLE',
      params: { reason: 'no answer within 2 s' },
    });
  });

  it('gets the HPA by name where it may not list them', async () => {
    const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
    const cluster = shop({ [path]: refused(403), [`${path}/web`]: { status: 200, body: hpa('web') } });
    expect(await explained(cluster, { name: 'web' })).toMatchObject([{ name: 'web', computed: 4 }]);
    await expect(explained(shop({ [path]: refused(403) }), { name: 'web' })).rejects.toMatchObject({
      id: 'ML-EXPLAIN-FORBIDDEN',
      params: { code: 403, rule: expect.stringContaining('resources: ["horizontalpodautoscalers"], verbs: ["list"]') },
    });
  });

  it('asks once for the resource metrics of a namespace, however many selectors there are', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `web-${index}`);
    const cpu = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '50m' } },
    };
    const items = names.map((name) => ({
      metadata: { name: `${name}-1`, namespace: 'shop' },
      timestamp: NOW,
      window: '15s',
      containers: [{ name: 'web', usage: { cpu: '100m' } }],
    }));
    const pods = '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods';
    const hpas = names.map((name) => ({ ...hpa(name), spec: { ...(hpa(name)['spec'] as object), metrics: [cpu] } }));
    const cluster = shop(
      {
        '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers': { status: 200, body: { items: hpas } },
        [pods]: { status: 200, body: { items } },
      },
      names,
    );
    const found = await explained(cluster);
    expect(found.map(({ chain }) => chain.find(({ step }) => step === 'ratio')?.numbers[0]?.value)).toEqual(
      names.map(() => 'of 1 pods'),
    );
    expect(cluster.asked.filter((path) => path.startsWith(pods))).toEqual([pods]);
  });

  it('asks no more for many HPAs than for few, but for their metrics', async () => {
    const names = Array.from({ length: 700 }, (_, index) => `web-${index}`);
    const cluster = shop({}, names);
    expect(await explained(cluster)).toHaveLength(700);
    const others = cluster.asked.filter((path) => !path.includes('.metrics.k8s.io'));
    expect(others.length).toBeLessThan(20);
    expect(cluster.asked.filter((path) => path.startsWith(QUEUE_PATH))).toHaveLength(1);
  });
});
