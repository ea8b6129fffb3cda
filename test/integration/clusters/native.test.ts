import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { existsSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNativeState } from '../../../src/clusters/native/state.ts';
import type { ClusterHandle } from '../../../src/contracts/backend.ts';
import { kubeClient } from '../../../src/kube/client.ts';
import { loadKubeconfig } from '../../../src/kube/kubeconfig.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { freePort, isPortBusy } from '../../../src/platform/free-port.ts';
import { binDir, haveReal } from '../../helpers/real-binaries.ts';
import { NativeBench } from './bench.ts';

const run = promisify(execFile);
const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

async function kubectl(handle: ClusterHandle, ...args: readonly string[]): Promise<string> {
  return (await run(join(binDir(), 'kubectl'), ['--kubeconfig', handle.kubeconfig, ...args])).stdout;
}
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return;
    await delay(200);
  }
  throw new Error(`${what}: not within a minute`);
}

test.skipIf(!haveReal())('creation killed at any point: the next one makes it whole', async () => {
  const bench = new NativeBench();
  try {
    for (const moment of ['pki/ca.key', 'pki/apiserver.crt', 'native.json', 'components/kube-apiserver.json']) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'programs/create-once.ts'), bench.labDir], {
        stdio: 'ignore',
      });
      const ended = once(child, 'exit');
      while (!existsSync(join(bench.labDir, moment)) && child.exitCode === null) await delay(1);
      child.kill('SIGKILL');
      expect(await ended, moment).toEqual([null, 'SIGKILL']);
    }
    const { handle, changed } = await bench.create();
    expect(changed).toBe(true);
    expect(await kubectl(handle, 'get', '--raw', '/readyz')).toBe('ok');
    expect(bench.owned()).toHaveLength(COMPONENTS.length + 1);
  } finally {
    await bench.close();
  }
});

describe.skipIf(!haveReal())('a native cluster', () => {
  let bench: NativeBench;
  let handle: ClusterHandle;

  beforeAll(async () => {
    bench = new NativeBench();
    ({ handle } = await bench.create());
  });
  afterAll(() => bench.close());

  test('is ready for kubectl, and says what it is', async () => {
    expect(await kubectl(handle, 'get', '--raw', '/readyz')).toBe('ok');
    expect(await kubectl(handle, 'config', 'current-context')).toBe('metrics-lab-test\n');
    expect(handle).toMatchObject({ backend: 'native', podsRunAs: 'processes', scaleToZero: true });
    expect(await kubectl(handle, 'version', '-o', 'json')).toContain(`"gitVersion": "v${handle.kubernetesVersion}"`);
    expect(statSync(handle.kubeconfig).mode & 0o777).toBe(0o600);
    for (const path of Object.values(handle.pki ?? {})) expect(readFileSync(path, 'utf8')).toContain('-----BEGIN');
  });

  test('takes an HPA that scales to zero, and its controller looks at it', async () => {
    const hpa = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'zero', namespace: 'default' },
      spec: {
        minReplicas: 0,
        maxReplicas: 2,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'absent' },
        metrics: [
          {
            type: 'External',
            external: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '2' } },
          },
        ],
      },
    };
    const client = kubeClient(loadKubeconfig(readFileSync(handle.kubeconfig, 'utf8'), handle.kubeconfig));
    const path = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
    await client.json('POST', path, hpa);
    await until('a condition', async () =>
      JSON.stringify(await client.find(`${path}/zero`)).includes('FailedGetScale'),
    );
    client.close();
  });

  test('made again changes nothing, and starts no process', async () => {
    const before = COMPONENTS.map((name) => bench.processOf(name));
    expect((await bench.create()).changed).toBe(false);
    expect(COMPONENTS.map((name) => bench.processOf(name))).toEqual(before);
  });

  test('another sync period restarts the controller manager alone', async () => {
    const before = Object.fromEntries(COMPONENTS.map((name) => [name, bench.processOf(name).pid]));
    expect((await bench.create({ syncPeriodSeconds: 3 })).changed).toBe(true);
    const changed = COMPONENTS.filter((name) => bench.processOf(name).pid !== before[name]);
    expect(changed).toEqual(['kube-controller-manager']);
    await bench.create();
  });

  test('serves nobody on etcd without a certificate, and nothing beyond 127.0.0.1', async () => {
    const etcd = bench.control.list().find(({ spec }) => spec.name === 'etcd')?.spec.url ?? '';
    await expect(fetch(`${etcd}/health`)).rejects.toThrow();
    const own = new Set(bench.owned().map(({ pid }) => pid));
    const { stdout } = await run('ss', ['-Hltnp']).catch(() => ({ stdout: '' })); // iproute2 is not everywhere
    const listening = stdout.split('\n').filter((line) => [...own].some((pid) => line.includes(`pid=${pid},`)));
    for (const line of listening) expect(line).toMatch(/\s127\.0\.0\.1:\d+\s/);
  });

  test.each(COMPONENTS)('%s killed: healthy again by itself, data still there', async (name) => {
    const before = bench.processOf(name);
    bench.processes.signal(before, 'SIGKILL');
    await until(`${name} healthy`, async () => {
      const status = bench.control.list().find(({ spec }) => spec.name === name)?.status;
      return status?.healthy === true && status.process?.pid !== before.pid;
    });
    await until('readyz', async () => (await kubectl(handle, 'get', '--raw', '/readyz').catch(() => '')) === 'ok');
    expect(await kubectl(handle, 'get', 'hpa', 'zero', '-o', 'name')).toContain('zero');
  });

  test('everything killed at once, the supervisor too: made again it is the same cluster', async () => {
    for (const process of bench.owned()) bench.processes.signal(process, 'SIGKILL');
    const { handle: again, changed } = await bench.create();
    expect(changed).toBe(true);
    expect(again).toEqual(handle);
    expect(await kubectl(again, 'get', 'hpa', 'zero', '-o', 'name')).toContain('zero');
  });

  test('a torn certificate: made good, and who holds it is restarted', async () => {
    truncateSync(join(bench.labDir, 'pki/controller-manager.crt'), 40);
    expect((await bench.create()).changed).toBe(true);
    expect(await kubectl(handle, 'get', '--raw', '/readyz')).toBe('ok');
  });

  test('a second cluster beside it; stopped, each leaves nothing and not the other', async () => {
    const other = new NativeBench();
    try {
      const { handle: second } = await other.create();
      expect(second.server).not.toBe(handle.server);
      expect(await kubectl(second, 'get', 'hpa', '-A', '-o', 'name')).toBe('');
      const ports = readNativeState(nodeFiles, join(other.labDir, 'native.json'), 'test')?.ports;
      const { stopped, left } = await other.control.stopAll();
      expect([...stopped].sort()).toEqual([...COMPONENTS, 'supervisor'].sort());
      expect(left).toEqual([]);
      expect(other.owned()).toEqual([]);
      for (const port of Object.values(ports ?? {})) expect(await isPortBusy(port)).toBe(false);
      expect(Object.values(ports ?? {})).toHaveLength(5);
      expect(await kubectl(handle, 'get', '--raw', '/readyz')).toBe('ok');
    } finally {
      await other.close();
    }
  });

  test('a port that a stranger took while the lab was down is given up, unless it was asked for', async () => {
    await bench.control.stopAll();
    const state = readNativeState(nodeFiles, join(bench.labDir, 'native.json'), 'test');
    const stranger = createServer().listen(state?.ports.etcd ?? 0, '127.0.0.1');
    const wanted = await freePort();
    const second = createServer().listen(wanted, '127.0.0.1');
    try {
      await expect(bench.create({ apiPort: wanted })).rejects.toMatchObject({ id: 'ML-NATIVE-PORT-BUSY', exitCode: 3 });
      expect(bench.owned()).toEqual([]);
      const { handle: moved } = await bench.create();
      expect(moved.server).toBe(handle.server);
      expect(await kubectl(moved, 'get', 'hpa', 'zero', '-o', 'name')).toContain('zero');
    } finally {
      stranger.close();
      second.close();
    }
  });

  test('the port that was asked for is the port of the API', async () => {
    const apiPort = await freePort();
    const { handle: moved } = await bench.create({ apiPort });
    expect(moved.server).toBe(`https://127.0.0.1:${apiPort}`);
    expect(await kubectl(moved, 'get', '--raw', '/readyz')).toBe('ok');
    const manager = bench.control.list().find(({ spec }) => spec.name === 'kube-controller-manager');
    expect(manager?.spec.env).toHaveProperty('METRICS_LAB_SERVER', moved.server); // restarted for the new address
    rmSync(join(bench.labDir, 'native.json')); // lost: found busy by our own server, so it may stay
    expect((await bench.create({ apiPort })).handle.server).toBe(moved.server);
  });
});
