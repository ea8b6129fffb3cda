import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collect } from '../../src/explain/collect.ts';
import { explainBundle } from '../../src/explain/explain.ts';
import { applyObject } from '../../src/kube/apply.ts';
import { kubeClient } from '../../src/kube/client.ts';
import { loadKubeconfig } from '../../src/kube/kubeconfig.ts';
import { MetricsAdmin } from '../../src/lab/metrics-admin.ts';
import { realClock } from '../../src/platform/clock.ts';
import type { MetricsCluster } from '../../test/integration/metrics-server/metrics-cluster.ts';
import { deployment, hpa } from './objects.ts';
import { type Look, type Sync, tallyText } from './syncs.ts';

const NAMESPACE = 'agreement';
const CONTROLLER = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
const LOOK_EVERY_MS = 400;
/** So often something changes, by one HPA at a time. */
const CHANGE_EVERY_MS = 1_500;
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
const NAMES = Object.keys(BEHAVIORS);
const metricOf = (name: string): string => `queue-${name}`;

/**
 * Lets the real controller follow a random workload (values, faults of the metric, somebody who scales by hand, other bounds) and
 * explains again and again. Every sync is known from the query log of the metrics server, which tells who asked; what is said of each is in
 * the text. `unaccounted`: how many syncs disagree for no reason that was read.
 */
export async function agreement(
  metrics: MetricsCluster,
  minutes: number,
  seed: number,
): Promise<{ readonly text: string; readonly unaccounted: number }> {
  const { client, dir, pki } = metrics.cluster;
  await client.json('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
  });
  for (const [name, behavior] of Object.entries(BEHAVIORS)) {
    await applyObject(client, deployment(NAMESPACE, name), 'bench');
    const settings = { metric: metricOf(name), ...(behavior === undefined ? {} : { behavior }) };
    await applyObject(client, hpa(NAMESPACE, name, settings), 'bench');
    await metrics.write(`external/namespaces/${NAMESPACE}/${metricOf(name)}`, '50');
  }
  const signal = AbortSignal.timeout(minutes * 60_000 + 120_000);
  const file = join(dir, 'admin.kubeconfig');
  const access = loadKubeconfig(readFileSync(file, 'utf8'), file);
  const ca = readFileSync(pki.ca.cert, 'utf8');
  using admin = new MetricsAdmin(kubeClient({ ...access, server: metrics.server?.url ?? '', ca }), signal);
  const random = randomOf(seed);
  const looks: Look[] = [];
  const syncs: Sync[] = [];
  let read = 0;
  let nextChange = 0;
  const end = realClock.monotonic() + minutes * 60_000;
  while (realClock.monotonic() < end) {
    if (realClock.monotonic() >= nextChange) {
      await change(metrics, admin, random);
      nextChange = realClock.monotonic() + CHANGE_EVERY_MS;
    }
    looks.push(...(await look(metrics, signal)));
    const asked = await admin.queries(read, undefined);
    read = asked.at(-1)?.number ?? read;
    syncs.push(...asked.filter(({ user }) => user === CONTROLLER).map(syncOf));
    await realClock.sleep(LOOK_EVERY_MS, signal);
  }
  const { lines, unaccounted } = tallyText(syncs, looks);
  return {
    text: [`${minutes} min of a random workload, seed ${seed}, ${NAMES.length} HPAs`, ...lines].join('\n'),
    unaccounted,
  };
}

const syncOf = ({ metric, time }: { readonly metric: string; readonly time: string }): Sync => ({
  hpa: metric.slice(metricOf('').length),
  atMs: Date.parse(time),
});

const nameOf = (metadata: unknown): unknown => (metadata as { readonly name?: string }).name;

async function look({ cluster }: MetricsCluster, signal: AbortSignal): Promise<readonly Look[]> {
  const fromMs = realClock.now();
  const { bundles } = await collect(cluster.client, { namespace: NAMESPACE, clock: realClock, signal });
  const looks: Look[] = [];
  for await (const bundle of bundles()) {
    const toMs = realClock.now();
    for (const explained of explainBundle(bundle)) {
      const evidence = bundle.evidence.hpas?.find(({ metadata }) => nameOf(metadata) === explained.name);
      looks.push({ hpa: explained.name, fromMs, toMs, explained, evidence });
    }
  }
  return looks;
}

/** Mostly another value; now and then a fault of the metric, a hand on the Deployment, another maxReplicas. */
async function change(metrics: MetricsCluster, admin: MetricsAdmin, random: () => number): Promise<void> {
  const { client } = metrics.cluster;
  const name = NAMES[Math.floor(random() * NAMES.length)] ?? '';
  const [what, amount] = [random(), random()];
  if (what < 0.7)
    await metrics.write(`external/namespaces/${NAMESPACE}/${metricOf(name)}`, String(Math.floor(amount * 200)));
  else if (what < 0.8)
    await admin.setFault(metricOf(name), { ...(amount < 0.5 ? { status: 503 } : { empty: true }), forSeconds: 6 });
  else if (what < 0.9)
    await client.patch(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}/scale`, 'merge', {
      spec: { replicas: 1 + Math.floor(amount * 15) },
    });
  else
    await client.patch(`/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers/${name}`, 'merge', {
      spec: { maxReplicas: 6 + Math.floor(amount * 10) },
    });
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
