// A day of churn in minutes: pods that come, report and go, one after the other: node bench/embedded/churn.ts [--cycles 25000]
// A cycle is four writes; 86,400 writes are a day of one write a second. Needs the build (npm run build).
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CliHome } from '../../test/helpers/cli.ts';
import { statusOf } from '../../test/helpers/lab-client.ts';
import { Api } from './api.ts';

const { values } = parseArgs({ options: { cycles: { type: 'string', default: '25000' } } });
const CYCLES = Number(values.cycles);
const IN_FLIGHT = 16;
const STEPS = 10;
/** Bytes a page on Linux. */
const PAGE = 4096;
const PODS = '/api/v1/namespaces/default/pods';

using home = new CliHome();
try {
  await home.ok(['up', '--lab', 'churn', '--backend', 'embedded', '--bare', '--disable-controller', 'all']);
  const folder = join(home.dir, 'labs', 'churn');
  const { components } = await statusOf(home, 'churn');
  const pid = components.find(({ name }) => name === 'embedded')?.pid ?? 0;
  using api = await Api.open(join(folder, 'kubeconfig'));
  await api.call(
    'POST',
    '/api/v1/namespaces/default/serviceaccounts',
    JSON.stringify({ metadata: { name: 'default' } }),
  );
  console.log('   writes   writes/s   memory, MB   store, MB');
  for (let step = 0; step < STEPS; step += 1) {
    const begun = performance.now();
    const cycles = Math.round(CYCLES / STEPS);
    await Promise.all(Array.from({ length: IN_FLIGHT }, (_, worker) => churn(api, worker, cycles / IN_FLIGHT)));
    const rate = (cycles * 4) / ((performance.now() - begun) / 1000);
    const memory = (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE) / 1e6;
    const row = [
      (step + 1) * cycles * 4,
      rate.toFixed(0),
      memory.toFixed(0),
      (bytesBelow(folder, '.db') / 1e6).toFixed(1),
    ];
    console.log(row.map((cell, index) => String(cell).padStart([9, 11, 13, 12][index] ?? 0)).join(''));
  }
} finally {
  await home.run(['teardown', '--lab', 'churn', '--force']);
}

async function churn(api: Api, worker: number, cycles: number): Promise<void> {
  const container = { name: 'c', image: 'bench', resources: { requests: { cpu: '10m' } } };
  const body = (name: string) =>
    JSON.stringify({ metadata: { name, labels: { app: 'churn' } }, spec: { containers: [container] } });
  const merge = 'application/merge-patch+json';
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const name = `pod-${worker}-${cycle}`;
    await api.call('POST', PODS, body(name));
    await api.call('PATCH', `${PODS}/${name}/status`, JSON.stringify({ status: { phase: 'Running' } }), merge);
    await api.call('PATCH', `${PODS}/${name}`, JSON.stringify({ metadata: { annotations: { at: name } } }), merge);
    await api.call('DELETE', `${PODS}/${name}`, JSON.stringify({ gracePeriodSeconds: 0 }));
  }
}

/** Bytes of the files below a folder whose names have this part. */
function bytesBelow(folder: string, part: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.includes(part))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
