// How right and how quick `explain` is, against a real control plane with our metrics server:
//   npm run bench:explain [-- --minutes 30 --hpas 5000 --seed 1 --backend embedded --backend native --bundles FILE...]
// Needs the build (npm run build) and the Kubernetes binaries (METRICS_LAB_BIN_DIR). Without --bundles, those of METRICS_LAB_SHARED.
// --minutes 0, --hpas 0 and --backend none leave a part out. Exit 1 when a sync is not accounted for.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { realClock } from '../../src/platform/clock.ts';
import { MetricsCluster } from '../../test/integration/metrics-server/metrics-cluster.ts';
import { agreement } from './agreement.ts';
import { bundleAccuracy } from './bundles.ts';
import { drillAccuracy } from './drills.ts';
import { measure, populate, requestsOf } from './many.ts';

/** Of the controller. */
const SYNC_SECONDS = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '1' },
    hpas: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    backend: { type: 'string', multiple: true, default: ['embedded'] },
    bundles: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const count = Number(values.hpas);
const shared = join(process.env['METRICS_LAB_SHARED'] ?? resolve(import.meta.dirname, '../../../shared'), 'drills/dev');
const found = existsSync(shared) ? readdirSync(shared).map((name) => join(shared, name)) : [];
const bundles = values.bundles ? positionals : found;
console.log(bundles.length === 0 ? 'SKIPPED: no bundles' : await bundleAccuracy(bundles));
for (const backend of values.backend) if (backend !== 'none') console.log(drillAccuracy(backend));

await using stack = new AsyncDisposableStack();
const metrics = new MetricsCluster('kube-system');
stack.defer(() => metrics.close());
await metrics.cluster.start();
const series = Array.from({ length: count }, (_, index) => ({ labels: { app: `web-${index}` }, value: '10' }));
await metrics.startServer({ metrics: [{ name: 'queue', source: { type: 'memory', series } }] }, true);
while ((await metrics.available()) !== 'Passed') await realClock.sleep(200);

if (count > 0) await scan();
if (minutes > 0) {
  await metrics.cluster.startControllers(SYNC_SECONDS);
  const { text, unaccounted } = await agreement(metrics, minutes, Number(values.seed));
  console.log(text);
  if (unaccounted > 0) process.exitCode = 1;
}

/** Time, memory and requests of one HPA and of many. */
async function scan(): Promise<void> {
  const { client, dir } = metrics.cluster;
  const started = realClock.monotonic();
  await populate(client, count);
  console.log(`made ${count} HPAs in ${((realClock.monotonic() - started) / 1000).toFixed(0)} s`);
  const to = ['--kubeconfig', join(dir, 'admin.kubeconfig')];
  for (const [what, args] of [
    ['one HPA', ['explain', 'hpa', 'web-1', '-n', 'many-0', ...to]],
    ['one HPA, again', ['explain', 'hpa', 'web-1', '-n', 'many-0', ...to]],
    [`${count} HPAs as a table`, ['explain', 'hpa', '-A', ...to]],
    [`${count} HPAs as JSON`, ['explain', 'hpa', '-A', '-o', 'json', ...to]],
  ] as const) {
    const { seconds, peakMb, cpuSeconds, lastLine } = await measure(args, dir);
    console.log(
      `${what}: ${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of a core), at most ${peakMb.toFixed(0)} MB  ${what.includes('table') ? lastLine : ''}`,
    );
  }
  console.log(`requests: ${await requestsOf(client, 'many-0', 'web-1')} for one HPA,`);
  const all = await requestsOf(client, null);
  console.log(`          ${all} for ${count}, ${(all / count).toFixed(2)} each, of which one is for its own metric`);
  for (let index = 0; index < Math.ceil(count / 100); index += 1)
    await client.request('DELETE', `/apis/autoscaling/v2/namespaces/many-${index}/horizontalpodautoscalers`);
}
