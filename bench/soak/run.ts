// Real HPAs on a real control plane over metrics that change and fail: node bench/soak/run.ts [--minutes 30] [--hpas 200] [--seed 1]
// Every value that the metrics API serves is compared with what was written last, every HPA at the end of each round with
// ceil(value / target); memory and open files of the metrics server are printed. Exit code 1: something was wrong.
// Needs the build (npm run build) and the Kubernetes binaries (METRICS_LAB_BIN_DIR).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CliHome } from '../../test/helpers/cli.ts';
import { statusOf } from '../../test/helpers/lab-client.ts';
import { binDir } from '../../test/helpers/real-binaries.ts';
import { Api } from '../embedded/api.ts';
import { isRight, FAULTS, type Fault } from './faults.ts';
import { deployment, hpa, MAX, TARGET } from './objects.ts';
import { seededRandom } from '../../src/simulate/random.ts';

const { values: given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    hpas: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});
const HPAS = Number(given.hpas);
const SYNC_MS = 5_000;
/** Of a round: faults come and go, then three syncs and a bit without any, then every HPA is looked at. */
const FAULTS_MS = 30_000;
const CALM_MS = 4 * SYNC_MS;
const ASKED_AT_ONCE = 10;
/** Bytes a page on Linux. */
const PAGE = 4096;
const random = seededRandom(Number(given.seed), 'soak');
const pick = (count: number) => Math.floor(random() * count);
const nameOf = (index: number) => `soak-${index}`;

const reference = new Map<string, number>();
/** By metric: its fault, and whether it is coming or going just now. A new object for each change. */
const faults = new Map<string, { readonly fault: Fault; readonly isChanging: boolean }>();
const wrong: string[] = [];
const counted = { queries: 0, answered: 0, failed: 0, decisions: 0, faults: 0 };

using home = new CliHome();
try {
  const up = [
    '--pipeline',
    'test',
    '--backend',
    'native',
    '--bin-dir',
    binDir(),
    '--sync-period',
    `${SYNC_MS / 1000}s`,
  ];
  await home.ok(['up', '--lab', 'soak', ...up]);
  await soak();
} finally {
  await home.run(['teardown', '--lab', 'soak', '--force']);
}
console.log(
  `${counted.queries} queries: ${counted.answered} with a value, ${counted.failed} refused by one of ${counted.faults} faults`,
);
console.log(`${counted.decisions} looks at HPAs; ${wrong.length} wrong`);
for (const line of wrong.slice(0, 20)) console.log(`  ${line}`);
process.exitCode = wrong.length > 0 ? 1 : 0;

async function soak(): Promise<void> {
  const { namespace, metricsServer } = await statusOf(home, 'soak');
  using api = await Api.open(join(home.dir, 'labs', 'soak', 'kubeconfig'));
  const token = readFileSync(metricsServer.writeTokenFile ?? '', 'utf8').trim();
  const write = async (name: string, value: number) => {
    const url = `${metricsServer.writeUrl}/write-metrics/external/namespaces/${namespace}/${name}`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: String(value) });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    reference.set(name, value);
  };
  const writeAll = async () => {
    for (let at = 0; at < HPAS; at += 1) await write(nameOf(at), 1 + pick(TARGET * (MAX + 5)));
  };
  await writeAll();
  for (let at = 0; at < HPAS; at += 1) {
    await api.call('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(nameOf(at)));
    await api.call('POST', `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`, hpa(nameOf(at)));
  }
  const pid = await serverPid();
  console.log('   round   memory, MB   open files    queries      wrong');
  const end = Date.now() + Number(given.minutes) * 60_000;
  for (let round = 1; Date.now() < end; round += 1) {
    await writeAll();
    await Promise.all([comeAndGo(), askFor(api, namespace, FAULTS_MS + CALM_MS)]);
    await lookAtHpas(api, namespace);
    if ((await serverPid()) !== pid) wrong.push(`round ${round}: the metrics server is another process: it had ended`);
    const memory = (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE) / 1e6;
    const cells = [round, memory.toFixed(0), readdirSync(`/proc/${pid}/fd`).length, counted.queries, wrong.length];
    console.log(cells.map((cell, index) => String(cell).padStart([8, 13, 13, 11, 11][index] ?? 0)).join(''));
  }
}

async function serverPid(): Promise<number> {
  const { components } = await statusOf(home, 'soak');
  return components.find(({ name }) => name === 'metrics-server')?.pid ?? 0;
}

/** Faults on random metrics, one after the other, until the time for them is over; then none is left. */
async function comeAndGo(): Promise<void> {
  const end = Date.now() + FAULTS_MS;
  const set = async (name: string, fault: Fault) => {
    faults.set(name, { fault, isChanging: true });
    await home.ok(['metric', 'fault', name, ...fault.flags, '--lab', 'soak']);
    faults.set(name, { fault, isChanging: false });
    counted.faults += 1;
  };
  const off = async (name: string) => {
    const fault = faults.get(name)?.fault;
    if (fault === undefined) return;
    faults.set(name, { fault, isChanging: true });
    await home.ok(['metric', 'fault', name, '--off', '--lab', 'soak']);
    faults.delete(name);
  };
  while (Date.now() < end) {
    const fault = FAULTS[pick(FAULTS.length)];
    if (fault !== undefined) await set(nameOf(pick(HPAS)), fault);
    const [oldest] = faults.keys();
    if (faults.size > 4 && oldest !== undefined) await off(oldest);
  }
  for (const name of faults.keys()) await off(name);
}

/** Asks for random metrics through the aggregator, as the controller does. */
async function askFor(api: Api, namespace: string, forMs: number): Promise<void> {
  const end = Date.now() + forMs;
  while (Date.now() < end) {
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, () => ask(api, namespace, nameOf(pick(HPAS)))));
    await delay(200);
  }
}

async function ask(api: Api, namespace: string, name: string): Promise<void> {
  const before = faults.get(name);
  const answer = await api.get(`/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${name}`);
  // A fault that came or went meanwhile: either answer is right.
  if (faults.get(name) !== before || before?.isChanging === true) return;
  counted.queries += 1;
  if (answer.status === 200) counted.answered += 1;
  else counted.failed += 1;
  if (isRight(before?.fault, answer, reference.get(name) ?? Number.NaN)) return;
  wrong.push(
    `${name} is ${reference.get(name)}, fault ${before?.fault.flags.join(' ') ?? 'none'}: ${answer.status} ${answer.body}`,
  );
}

async function lookAtHpas(api: Api, namespace: string): Promise<void> {
  const { body } = await api.get(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`);
  const { items } = JSON.parse(body) as {
    readonly items: readonly {
      readonly metadata: { readonly name: string };
      readonly status?: { readonly desiredReplicas?: number };
    }[];
  };
  for (const { metadata, status } of items) {
    const value = reference.get(metadata.name);
    if (value === undefined) continue;
    counted.decisions += 1;
    const asks = Math.min(MAX, Math.ceil(value / TARGET));
    if (status?.desiredReplicas !== asks)
      wrong.push(`hpa/${metadata.name} at ${value}: ${status?.desiredReplicas} replicas, not ${asks}`);
  }
}
