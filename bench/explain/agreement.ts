import { collect } from '../../src/explain/collect.ts';
import { explainBundle } from '../../src/explain/explain.ts';
import type { ExplainedHpa } from '../../src/explain/explanation.ts';
import { applyObject } from '../../src/kube/apply.ts';
import { realClock } from '../../src/platform/clock.ts';
import type { MetricsCluster } from '../../test/integration/metrics-server/metrics-cluster.ts';
import { deployment, hpa } from './objects.ts';

const NAMESPACE = 'agreement';
/** HPAs with what makes decisions differ: windows, policies, bounds, tolerance. */
const BEHAVIORS: Readonly<Record<string, object | undefined>> = {
  plain: undefined,
  quick: { scaleDown: { stabilizationWindowSeconds: 0 } },
  slow: {
    scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 10 }] },
    scaleDown: { stabilizationWindowSeconds: 5 },
  },
  held: { scaleUp: { stabilizationWindowSeconds: 10 }, scaleDown: { stabilizationWindowSeconds: 20 } },
};

interface Tally {
  agrees: number;
  accounted: number;
  memory: number;
  unknown: number;
}

/**
 * Lets the real controller follow a random metric, explains again and again, and counts: the recomputed count is the status' own; it
 * differs for a reason that was read; it differs by what only the controller remembers; it is unknown.
 */
export async function agreement(metrics: MetricsCluster, minutes: number, seed: number): Promise<string> {
  const { client } = metrics.cluster;
  await client.json('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
  });
  for (const [name, behavior] of Object.entries(BEHAVIORS)) {
    await applyObject(client, deployment(NAMESPACE, name), 'bench');
    await applyObject(client, hpa(NAMESPACE, name, behavior), 'bench');
  }
  const random = randomOf(seed);
  const tally: Tally = { agrees: 0, accounted: 0, memory: 0, unknown: 0 };
  const signal = AbortSignal.timeout(minutes * 60_000 + 60_000);
  const end = realClock.monotonic() + minutes * 60_000;
  for (let round = 0; realClock.monotonic() < end; round += 1) {
    if (round % 12 === 0)
      await metrics.write(`external/namespaces/${NAMESPACE}/queue`, String(Math.floor(random() * 200)));
    await realClock.sleep(500, signal);
    const { bundles } = await collect(client, { namespace: NAMESPACE, clock: realClock, signal });
    for await (const bundle of bundles()) for (const one of explainBundle(bundle)) tally[verdict(one)] += 1;
  }
  const total = Object.values(tally).reduce((sum, count) => sum + count, 0);
  const part = (count: number) => `${((100 * count) / total).toFixed(1)} %`;
  return [
    `${total} looks at ${Object.keys(BEHAVIORS).length} HPAs in ${minutes} min, seed ${seed}:`,
    `${part(tally.agrees)} agree with the status, ${part(tally.accounted)} differ for a reason that was read,`,
    `${part(tally.memory)} by what only the controller remembers, ${part(tally.unknown)} unknown`,
  ].join(' ');
}

function verdict({ computed, differences, sync }: ExplainedHpa): keyof Tally {
  if (computed === null) return 'unknown';
  const count = differences.find(({ field }) => field === 'desiredReplicas');
  if (count === undefined || sync === 'first') return 'agrees';
  return count.causes.every((cause) => cause.includes('not visible from outside')) ? 'memory' : 'accounted';
}

/** mulberry32: the same workload for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
