import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KubeClient } from '../../src/contracts/kube-client.ts';
import { collect } from '../../src/explain/collect.ts';
import { realClock } from '../../src/platform/clock.ts';
import { deployment, hpa, settled } from './objects.ts';

const BIN = resolve(import.meta.dirname, '../../bin/metrics-lab.js');
const PER_NAMESPACE = 100;
const PARALLEL = 32;

/** HPAs with a Deployment and a series of their own each, as a controller leaves them; 100 to a namespace. */
export async function populate(client: KubeClient, count: number): Promise<void> {
  const namespaces = Array.from({ length: Math.ceil(count / PER_NAMESPACE) }, (_, index) => `many-${index}`);
  for (const name of namespaces)
    await client.json('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  let next = 0;
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (let index = next++; index < count; index = next++) {
        const namespace = namespaces[Math.floor(index / PER_NAMESPACE)] ?? '';
        const name = `web-${index}`;
        const labels = { app: name };
        const hpas = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
        await client.json('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(namespace, name));
        await client.json('POST', hpas, hpa(namespace, name, { labels }));
        await client.patch(`${hpas}/${name}/status`, 'merge', { status: settled(labels) });
      }
    }),
  );
}

export interface Measured {
  readonly seconds: number;
  readonly peakMb: number;
  /** Of the processor, which other work on the machine does not change. */
  readonly cpuSeconds: number;
  readonly lastLine: string;
}

/** One run of the built program: wall time and the most memory it had at one time. */
export async function measure(args: readonly string[], home: string): Promise<Measured> {
  const started = realClock.monotonic();
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, METRICS_LAB_HOME: home };
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let tail = '';
  child.stdout.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-2_000);
  });
  let peakKb = 0;
  let cpuSeconds = 0;
  const timer = setInterval(() => {
    peakKb = Math.max(peakKb, highWater(child.pid ?? 0));
    cpuSeconds = Math.max(cpuSeconds, cpuOf(child.pid ?? 0));
  }, 20);
  const code = await new Promise<number | null>((done) => child.once('close', done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`metrics-lab ${args.join(' ')} ended with ${code}`);
  const lastLine = tail.trimEnd().split('\n').at(-1) ?? '';
  return { seconds: (realClock.monotonic() - started) / 1000, peakMb: peakKb / 1024, cpuSeconds, lastLine };
}

/** VmHWM of a process in kB. */
const highWater = (pid: number): number => Number(/VmHWM:\s+(\d+)/.exec(procFile(pid, 'status'))?.[1] ?? 0);

/** utime and stime, in ticks of 10 ms. */
function cpuOf(pid: number): number {
  const fields = procFile(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

/** Empty when the process ended between two looks. */
function procFile(pid: number, name: string): string {
  try {
    return readFileSync(join('/proc', String(pid), name), 'utf8');
  } catch {
    return '';
  }
}

/** How many requests an explanation makes. */
export async function requestsOf(client: KubeClient, namespace: string | null, name?: string): Promise<number> {
  let requests = 0;
  const counting: KubeClient = {
    ...client,
    request: (...args) => {
      requests += 1;
      return client.request(...args);
    },
  };
  const signal = AbortSignal.timeout(120_000);
  const options = { namespace, clock: realClock, signal, ...(name === undefined ? {} : { name }) };
  const { bundles } = await collect(counting, options);
  for await (const _ of bundles());
  return requests;
}
