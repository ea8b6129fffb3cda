import { describe, expect, it } from 'vitest';
import { type Decided, followDecisions } from '../../../src/explain/follow.ts';
import { NOW } from '../../helpers/evidence-view.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { type FakeCluster, hpa, shop } from './fake-cluster.ts';

const HPAS = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
const DECISIONS = '/metrics-lab/decisions';

async function followed(cluster: FakeCluster, change?: (round: number) => void): Promise<readonly Decided[]> {
  const clock = new VirtualClock(Date.parse(NOW));
  const { sleep } = clock;
  let round = 0;
  clock.sleep = async (ms, signal) => {
    change?.(++round);
    await sleep.call(clock, ms, signal);
  };
  const options = { namespace: 'shop', name: 'web', clock, signal: new AbortController().signal };
  const decided: Decided[] = [];
  for await (const one of followDecisions(cluster, { ...options, everyMs: 5_000, forMs: 20_000 })) decided.push(one);
  return decided;
}

describe('followDecisions', () => {
  it('tells a decision once, and again when the status changed', async () => {
    const cluster = shop();
    const decided = await followed(cluster, (round) => {
      if (round !== 2) return;
      const status = { ...(hpa('web')['status'] as object), desiredReplicas: 6 };
      cluster.answer(HPAS, { status: 200, body: { items: [{ ...hpa('web'), status }] } });
    });
    expect(decided).toMatchObject([
      { name: 'web', from: 4, to: 4, origin: 'computed' },
      { name: 'web', from: 4, to: 6, origin: 'computed' },
    ]);
  });

  it('takes the decisions that an embedded cluster keeps', async () => {
    const item = (at: string, error: string) => ({ at, namespace: 'shop', name: 'web', error, record: null });
    const cluster = shop({ [DECISIONS]: { status: 200, body: { items: [item(NOW, 'first')] } } });
    const decided = await followed(cluster, (round) => {
      const items = [item(NOW, 'first'), item('2026-01-01T12:00:10Z', 'second')];
      if (round === 2) cluster.answer(DECISIONS, { status: 200, body: { items } });
    });
    expect(decided.map(({ decision, origin }) => [decision, origin])).toEqual([
      ['first', 'observed'],
      ['second', 'observed'],
    ]);
  });
});
