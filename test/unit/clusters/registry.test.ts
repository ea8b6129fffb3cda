import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DOWNLOAD_LIMITS } from '../../../src/clusters/native/download.ts';
import { OFFICIAL_SOURCES } from '../../../src/clusters/native/releases.ts';
import { type BackendPorts, chooseBackend, clusterBackends } from '../../../src/clusters/registry.ts';
import type { ClusterSpec } from '../../../src/contracts/backend.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { nodeProcesses } from '../../../src/platform/processes.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const backends = (cacheDir: string, platform = 'linux', arch = 'x64') => {
  const ports: BackendPorts = {
    files: nodeFiles,
    clock: new VirtualClock(),
    processes: nodeProcesses(),
    fetch: () => expect.fail('nothing may be fetched'),
    sources: OFFICIAL_SOURCES,
    limits: DOWNLOAD_LIMITS,
    cacheDir,
    platform,
    arch,
    run: () => expect.fail('nothing may be run'),
    freePort: () => Promise.resolve(1),
    isPortBusy: () => Promise.resolve(false),
    program: (name) => ['node', name],
    userCluster: () => expect.fail('nobody asked for a context'),
    typedContext: undefined,
    runTool: () => expect.fail('no tool may be run'),
    env: { PATH: '/nowhere' },
    packageDir: '/nowhere',
    version: '0.0.0',
  };
  return clusterBackends(ports);
};
const spec = (more: Partial<ClusterSpec> = {}): ClusterSpec => ({
  lab: 'lab',
  labDir: '/nowhere/lab',
  syncPeriodSeconds: 15,
  apiPort: 0,
  nodeCapacity: { cpu: '1', memory: '1Gi', pods: 10 },
  ...more,
});
function binaries(dir: string): string {
  mkdirSync(dir, { recursive: true });
  for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager']) writeFileSync(join(dir, name), '');
  return dir;
}

test('auto with nothing usable lists every backend with its reason and fix, exit 3', async () => {
  using dir = tempDir();
  const binDir = join(dir.path, 'nothing');
  const failure = await chooseBackend(backends(dir.path), 'auto', spec({ binDir })).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    id: 'ML-BACKEND-NONE',
    exitCode: 3,
    why: [
      'kind: a folder of Kubernetes binaries was named, and it uses none',
      'minikube: a folder of Kubernetes binaries was named, and it uses none',
      'embedded: a folder of Kubernetes binaries was named, and it uses none',
      `native: ${binDir} holds no etcd, kube-apiserver, kube-controller-manager`,
      'context: only used when named',
    ].join('; '),
  });
});

test('auto takes embedded, which needs nothing; native when its binaries were given', async () => {
  using dir = tempDir();
  const binDir = binaries(join(dir.path, 'bin'));
  const given = await chooseBackend(backends(dir.path), 'auto', spec({ binDir }));
  expect([given.backend.name, given.why]).toEqual(['native', `native: binaries of ${binDir}`]);
  binaries(join(dir.path, 'kubernetes/1.36.3'));
  const { backend, why } = await chooseBackend(backends(dir.path), 'auto', spec());
  expect([backend.name, why]).toEqual(['embedded', 'embedded: part of metrics-lab, needs nothing else']);
  const native = backends(dir.path).filter(({ name }) => name === 'native');
  expect((await chooseBackend(native, 'auto', spec())).why).toBe('native: Kubernetes 1.36.3, downloaded');
});

test('off Linux, or on another processor, native says so', async () => {
  using dir = tempDir();
  for (const [platform, arch] of [['darwin', 'arm64'] as const, ['linux', 'ia32'] as const]) {
    const all = backends(dir.path, platform, arch);
    const failure = await chooseBackend(all, 'auto', spec({ binDir: binaries(dir.path) })).catch(
      (error: unknown) => error,
    );
    expect(failure).toHaveProperty('why', expect.stringContaining(`this is ${platform}/${arch}`));
    const { backend } = await chooseBackend(all, 'native', spec());
    const components = { ensure: () => expect.fail('started'), remove: () => expect.fail('removed') };
    const context = { io: { emit: () => {} }, components, step: 'cluster' };
    await expect(backend.create(spec(), { ...context, signal: new AbortController().signal })).rejects.toMatchObject({
      id: 'ML-NATIVE-PLATFORM',
      exitCode: 3,
    });
  }
});

test('a backend that is named is taken unasked; one that this version does not have is refused', async () => {
  using dir = tempDir();
  expect((await chooseBackend(backends(dir.path), 'native', spec())).backend.name).toBe('native');
  await expect(chooseBackend(backends(dir.path).slice(0, 2), 'minikube', spec())).rejects.toMatchObject({
    id: 'ML-BACKEND-ABSENT',
    exitCode: 3,
    why: 'this version has: embedded, native',
  });
});
