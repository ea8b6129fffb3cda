// The embedded cluster beside the real control plane, each as a lab of its own: node bench/embedded/run.ts [--pods 5000]
// Needs the build (npm run build). Without Kubernetes binaries (METRICS_LAB_BIN_DIR) only the embedded one is measured.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CliHome } from '../../test/helpers/cli.ts';
import { statusOf } from '../../test/helpers/lab-client.ts';
import { binDir } from '../../test/helpers/real-binaries.ts';
import { Api } from './api.ts';

const { values } = parseArgs({ options: { pods: { type: 'string', default: '5000' } } });
const PODS = Number(values.pods);
const IN_FLIGHT = 64;
const WATCHERS = 100;
const CHANGES = 100;
const IDLE_MS = 10_000;
const SYNC_SECONDS = 2;
/** Clock ticks a second (CLK_TCK) and bytes a page on Linux. */
const [TICKS, PAGE] = [100, 4096];

interface Numbers {
  readonly 'up to a working HPA, s': number;
  readonly 'HPA decides after a publish, s': number;
  readonly 'idle memory, MB': number;
  readonly 'idle CPU, % of a core': number;
  readonly 'pods created, /s': number;
  readonly 'pods listed, ms': number;
  readonly 'watchers see a change (p99), ms': number;
}

async function measure(backend: readonly string[], processes: readonly string[]): Promise<Numbers> {
  using home = new CliHome();
  try {
    const begun = performance.now();
    await home.ok(['up', '--lab', 'whole', ...backend, '--min', '0', '--sync-period', `${SYNC_SECONDS}s`]);
    const upSeconds = (performance.now() - begun) / 1000;
    const decided = await decisionSeconds(home);
    await home.ok(['teardown', '--lab', 'whole']);
    await home.ok(['up', '--lab', 'bare', ...backend, '--bare', '--disable-controller', 'all']);
    const kubeconfig = join(home.dir, 'labs', 'bare', 'kubeconfig');
    const { components } = await statusOf(home, 'bare');
    const pids = components.filter(({ name }) => processes.includes(name)).map(({ pid }) => pid ?? 0);
    const idle = await idleUse(pids);
    using api = await Api.open(kubeconfig);
    return {
      'up to a working HPA, s': upSeconds,
      'HPA decides after a publish, s': decided,
      'idle memory, MB': idle.megabytes,
      'idle CPU, % of a core': idle.percent,
      ...(await pods(api)),
      'watchers see a change (p99), ms': await watchers(kubeconfig, api),
    };
  } finally {
    for (const lab of ['whole', 'bare']) await home.run(['teardown', '--lab', lab, '--force']);
  }
}

/** From the end of `publish` to the first status of the HPA that wants a pod. */
async function decisionSeconds(home: CliHome): Promise<number> {
  using api = await Api.open(join(home.dir, 'labs', 'whole', 'kubeconfig'));
  const path = '/apis/autoscaling/v2/namespaces/metrics-lab/horizontalpodautoscalers?watch=true';
  const wanted = Promise.withResolvers<number>();
  await api.watch(path, (line) => {
    const { object } = JSON.parse(line) as {
      readonly object: { readonly status?: { readonly desiredReplicas?: number } };
    };
    if ((object.status?.desiredReplicas ?? 0) > 0) wanted.resolve(performance.now());
  });
  await home.ok(['publish', '40', '--lab', 'whole']);
  const published = performance.now();
  return Math.max(0, (await wanted.promise) - published) / 1000;
}

async function idleUse(pids: readonly number[]): Promise<{ readonly megabytes: number; readonly percent: number }> {
  await delay(3_000); // what starting left to do
  const before = pids.map(ticksOf);
  await delay(IDLE_MS);
  const used = pids.reduce((sum, pid, index) => sum + ticksOf(pid) - (before[index] ?? 0), 0);
  const pages = pids.reduce((sum, pid) => sum + Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]), 0);
  return { megabytes: (pages * PAGE) / 1e6, percent: (used / TICKS / (IDLE_MS / 1000)) * 100 };
}

/** CPU time of a process in ticks, user and system. */
function ticksOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function pods(api: Api): Promise<Pick<Numbers, 'pods created, /s' | 'pods listed, ms'>> {
  const path = '/api/v1/namespaces/bench/pods';
  await api.call('POST', '/api/v1/namespaces', JSON.stringify({ metadata: { name: 'bench' } }));
  const account = { metadata: { name: 'default' } };
  await api.call('POST', '/api/v1/namespaces/bench/serviceaccounts', JSON.stringify(account));
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < PODS; index = next++) await api.call('POST', path, podBody(index));
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const seconds = (performance.now() - begun) / 1000;
  const times: number[] = [];
  for (let run = 0; run < 7; run += 1) {
    const start = performance.now();
    const bytes = await api.call('GET', path);
    times.push(performance.now() - start);
    const { items } = JSON.parse(bytes.toString('utf8')) as { readonly items: readonly unknown[] };
    if (items.length !== PODS) throw new Error(`${items.length} pods were listed, not ${PODS}`);
  }
  return { 'pods created, /s': PODS / seconds, 'pods listed, ms': quantile(times, 0.5) };
}

function podBody(index: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, labels: { app: 'bench', index: String(index) } },
    spec: {
      automountServiceAccountToken: false,
      containers: [{ name: 'c', image: 'bench', resources: { requests: { cpu: '10m', memory: '16Mi' } } }],
    },
  });
}

/** From the sending of a change until each watcher has it. */
async function watchers(kubeconfig: string, api: Api): Promise<number> {
  const path = '/api/v1/namespaces/bench/configmaps';
  const sent = new Map<string, number>();
  const seen: number[] = [];
  const apis = await Promise.all(Array.from({ length: 10 }, () => Api.open(kubeconfig)));
  try {
    const onEvent = (line: string) => {
      const at = sent.get(/"change":"(\d+)"/.exec(line)?.[1] ?? '');
      if (at !== undefined) seen.push(performance.now() - at);
    };
    const each = WATCHERS / apis.length;
    const opened = apis.flatMap((other) =>
      Array.from({ length: each }, () => other.watch(`${path}?watch=true`, onEvent)),
    );
    await Promise.all(opened);
    await api.call('POST', path, JSON.stringify({ metadata: { name: 'seen' }, data: { change: 'none' } }));
    for (let change = 0; change < CHANGES; change += 1) {
      sent.set(String(change), performance.now());
      const body = JSON.stringify({ data: { change: String(change) } });
      await api.call('PATCH', `${path}/seen`, body, 'application/merge-patch+json');
      while (seen.length < (change + 1) * WATCHERS) await delay(1);
    }
    return quantile(seen, 0.99);
  } finally {
    for (const each of apis) each[Symbol.dispose]();
  }
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const ours = await measure(['--backend', 'embedded'], ['embedded']);
const hasReal = existsSync(join(binDir(), 'kube-apiserver'));
if (!hasReal) console.log(`no Kubernetes binaries in ${binDir()}: the embedded cluster alone`);
const real = hasReal
  ? await measure(['--backend', 'native', '--bin-dir', binDir()], ['etcd', 'kube-apiserver'])
  : undefined;
const shown = (value: number | undefined) =>
  (value === undefined ? '' : value.toFixed(value < 100 ? 2 : 0)).padStart(9);
console.log(`${''.padEnd(36)}${'embedded'.padStart(9)}${'real'.padStart(9)}${'ratio'.padStart(9)}   ${PODS} pods`);
for (const name of Object.keys(ours) as (keyof Numbers)[]) {
  const ratio = real === undefined ? undefined : ours[name] / real[name];
  console.log(`${name.padEnd(36)}${shown(ours[name])}${shown(real?.[name])}${shown(ratio)}`);
}
