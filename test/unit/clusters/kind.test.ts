import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { kindConfig } from '../../../src/clusters/kind/config.ts';
import { type KindBackendPorts, kindBackend } from '../../../src/clusters/kind/kind-backend.ts';
import type { BackendContext, ClusterSpec } from '../../../src/contracts/backend.ts';
import { MemoryFiles } from '../../helpers/memory-files.ts';
import { RecordingTools } from '../../helpers/recording-tools.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const SPEC: ClusterSpec = {
  lab: 'x',
  labDir: '/labs/x',
  nodeImage: 'kindest/node:v1.36.3',
  syncPeriodSeconds: 5,
  apiPort: 0,
  nodeCapacity: { cpu: '1', memory: '1Gi', pods: 10 },
};
const TOOLS = { '/bin/kind': '', '/bin/docker': '' };
const HERE = [
  ['kind version', { stdout: 'kind v0.33.0 go1.26.8 linux/amd64\n' }],
  ['docker version', { stdout: '28.2.2\n' }],
] as const;

function backendWith(tools: RecordingTools, files = new MemoryFiles(TOOLS)) {
  const ports: KindBackendPorts = {
    files,
    clock: new VirtualClock(),
    runTool: tools.run,
    env: { PATH: '/bin', HOME: '/home/u', KUBECONFIG: '/home/u/.kube/config', HTTPS_PROXY: 'http://p' },
    packageDir: '/nowhere',
    version: '1.0.0',
  };
  return kindBackend(ports);
}
const context = (): BackendContext => ({
  io: { emit: () => {} },
  components: {
    ensure: () => expect.fail('kind has no processes of the lab'),
    remove: () => expect.fail('kind has no processes of the lab'),
  },
  signal: new AbortController().signal,
  step: 'cluster',
});

describe('configuration', () => {
  it('names image, gate and sync period, in both forms of kubeadm, and listens on loopback', () => {
    const config = parse(kindConfig({ ...SPEC, nodes: 3, apiPort: 7443 })) as Record<string, unknown>;
    expect(config).toMatchObject({
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      networking: { apiServerAddress: '127.0.0.1', apiServerPort: 7443 },
      featureGates: { HPAScaleToZero: true },
      nodes: [
        { role: 'control-plane', image: 'kindest/node:v1.36.3' },
        { role: 'worker', image: 'kindest/node:v1.36.3' },
        { role: 'worker', image: 'kindest/node:v1.36.3' },
      ],
    });
    const patches = (config['kubeadmConfigPatches'] as string[]).map((text) => parse(text) as object);
    const name = 'horizontal-pod-autoscaler-sync-period';
    expect(patches).toEqual([
      {
        kind: 'ClusterConfiguration',
        apiVersion: 'kubeadm.k8s.io/v1beta3',
        controllerManager: { extraArgs: { [name]: '5s' } },
      },
      {
        kind: 'ClusterConfiguration',
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        controllerManager: { extraArgs: [{ name, value: '5s' }] },
      },
    ]);
  });

  it('takes the published image of a version, and no gate where it is on by default', () => {
    const { nodeImage: _, ...plain } = SPEC;
    const config = parse(kindConfig({ ...plain, kubernetesVersion: '1.37.1' })) as object;
    expect(config).toMatchObject({ nodes: [{ image: 'kindest/node:v1.37.1' }] });
    expect(config).not.toHaveProperty('featureGates');
  });
});

describe('available', () => {
  it('says which versions are here', async () => {
    expect(await backendWith(new RecordingTools(HERE)).available(SPEC)).toEqual({
      ok: true,
      detail: 'kind 0.33.0 and docker are here',
    });
  });

  it('gives every reason with its fix', async () => {
    const nothing = await backendWith(new RecordingTools(), new MemoryFiles()).available(SPEC);
    expect(nothing).toMatchObject({
      ok: false,
      reasons: [
        { why: expect.stringContaining('kind is not on the PATH'), fix: expect.stringContaining('install') },
        { why: expect.stringContaining('docker is not on the PATH'), fix: expect.stringContaining('start Docker') },
      ],
    });
    const stderr =
      'permission denied while trying to connect to the Docker daemon socket: dial unix /var/run/docker.sock: connect: permission denied';
    const denied = new RecordingTools([
      ['kind version', { stdout: 'kind v0.11.1 go1.16 linux/amd64' }],
      ['docker version', { code: 1, stderr }],
    ]);
    expect(await backendWith(denied).available(SPEC)).toMatchObject({
      ok: false,
      reasons: [
        { why: expect.stringContaining('too old: 0.11.1') },
        { why: expect.stringContaining('permission denied'), fix: expect.stringContaining('docker') },
      ],
    });
  });
});

describe('create', () => {
  const creates = (lines: readonly string[]) => lines.filter((line) => line.startsWith('kind create'));

  it('refuses a cluster of its name that the lab did not make, and touches nothing', async () => {
    const tools = new RecordingTools([...HERE, ['kind get nodes', { stdout: 'metrics-lab-x-control-plane\n' }]]);
    await expect(backendWith(tools).create(SPEC, context())).rejects.toMatchObject({
      id: 'ML-KIND-NAME-TAKEN',
      exitCode: 5,
    });
    expect(tools.lines.some((line) => /create|delete/.test(line))).toBe(false);
  });

  it('makes what was interrupted anew, keeps evidence of a failure, and never shows a tool the user’s kubeconfig', async () => {
    const stderr = 'ERROR: failed to create cluster: failed to pull image "a": exit status 1';
    const tools = new RecordingTools([
      ...HERE,
      ['kind get nodes', { stdout: 'metrics-lab-x-control-plane\n' }],
      ['kind create', { code: 1, stderr }],
    ]);
    const files = new MemoryFiles({ ...TOOLS, '/labs/x/kind.json': '{"cluster":"metrics-lab-x","made":false}' });
    await expect(backendWith(tools, files).create(SPEC, context())).rejects.toMatchObject({
      id: 'ML-KIND-IMAGE-PULL',
      exitCode: 3,
      logFile: '/labs/x/logs/kind.log',
    });
    const own = '--kubeconfig /labs/x/kubeconfig';
    expect(tools.lines.slice(3)).toEqual([
      `kind delete cluster --name metrics-lab-x ${own}`,
      `kind create cluster --name metrics-lab-x --config /labs/x/kind.yaml ${own} --retain`,
      'kind export logs --name metrics-lab-x /labs/x/logs/kind-nodes',
    ]);
    expect(creates(tools.lines)).toHaveLength(1);
    for (const env of tools.environments) {
      expect(env).toEqual({ PATH: '/bin', HOME: '/home/u', HTTPS_PROXY: 'http://p' });
    }
  });

  it('finds cgroup v1 in what the kubelet of the retained node wrote', async () => {
    const files = new MemoryFiles({
      ...TOOLS,
      '/labs/x/logs/kind-nodes/docker-info.txt': 'what kind exports beside the nodes',
      '/labs/x/logs/kind-nodes/metrics-lab-x-control-plane/kubelet.log':
        'kubelet is configured to not run on a host using cgroup v1',
    });
    const tools = new RecordingTools([
      ...HERE,
      ['kind create', { code: 1, stderr: 'ERROR: failed to create cluster: failed to init node with kubeadm' }],
    ]);
    await expect(backendWith(tools, files).create(SPEC, context())).rejects.toMatchObject({ id: 'ML-KIND-CGROUP' });
  });
});

describe('images with Podman', () => {
  const podman = (inNode: number) => {
    const tools = new RecordingTools([
      ['podman info', { stdout: 'amd64\n' }],
      ['podman image inspect', { stdout: '90000000\n' }],
      ['kind get nodes', { stdout: 'n1\nn2\n' }],
      ['podman exec n2', { code: inNode }],
    ]);
    const images = backendWith(tools, new MemoryFiles({ '/bin/kind': '', '/bin/podman': '' })).images;
    return { tools, load: () => images?.others(SPEC, ['redis:8'], context()) };
  };

  it('go by an archive, as kind asks Docker alone for an image', async () => {
    const { tools, load } = podman(1);
    expect(await load()).toEqual({ changed: true });
    expect(tools.lines.slice(-2)).toEqual([
      'podman save --output /labs/x/image.tar redis:8',
      'kind load image-archive /labs/x/image.tar --name metrics-lab-x',
    ]);
  });

  it('stay where every node has them', async () => {
    const { tools, load } = podman(0);
    expect(await load()).toEqual({ changed: false });
    expect(tools.lines.at(-1)).toBe('podman exec n2 crictl inspecti -q redis:8');
  });
});

describe('a cluster that does not become ready', () => {
  it('is a time-out with an exit code of its own, never success (kind#2654)', async () => {
    const kubeconfig = JSON.stringify({
      'current-context': 'kind',
      clusters: [{ name: 'kind', cluster: { server: 'https://127.0.0.1:1' } }],
      contexts: [{ name: 'kind', context: { cluster: 'kind', user: 'kind' } }],
    });
    const files = new MemoryFiles({ ...TOOLS, '/labs/x/kubeconfig': kubeconfig });
    const waited: string[] = [];
    const io = { emit: (event: object) => waited.push(JSON.stringify(event)) };
    const creating = backendWith(new RecordingTools(HERE), files).create(SPEC, { ...context(), io });
    await expect(creating).rejects.toMatchObject({ id: 'ML-KIND-NOT-READY', exitCode: 6 });
    expect(waited.join()).toContain('waiting 10s: the API does not answer');
    // 600 attempts to connect, whatever the machine takes for them.
  }, 120_000);
});

describe('an engine that stops half way', () => {
  const stopped = `ERROR: failed to create cluster: command "docker exec --privileged metrics-lab-x-control-plane kubeadm init" failed with error: exit status 1

Command Output: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?`;

  it('is said as that, and what is half made stays known as the lab’s: the next `up` makes it anew', async () => {
    const files = new MemoryFiles(TOOLS);
    const tools = new RecordingTools([
      ...HERE,
      ['kind create', { code: 1, stderr: stopped }],
      ['kind export', { code: 1 }],
    ]);
    await expect(backendWith(tools, files).create(SPEC, context())).rejects.toMatchObject({
      id: 'ML-KIND-ENGINE-DOWN',
      exitCode: 3,
    });
    expect(JSON.parse(files.readText('/labs/x/kind.json') ?? '')).toEqual({ cluster: 'metrics-lab-x', made: false });
    const again = new RecordingTools([
      ...HERE,
      ['kind get nodes', { stdout: 'metrics-lab-x-control-plane\n' }],
      ['kind create', { code: 1, stderr: stopped }],
    ]);
    await expect(backendWith(again, files).create(SPEC, context())).rejects.toThrow();
    expect(again.lines).toContain('kind delete cluster --name metrics-lab-x --kubeconfig /labs/x/kubeconfig');
  });

  it('before a teardown: nothing is forgotten', async () => {
    const files = new MemoryFiles({ ...TOOLS, '/labs/x/kind.json': '{"cluster":"metrics-lab-x","made":true}' });
    const tools = new RecordingTools([['docker version', { code: 1, stderr: 'Cannot connect to the Docker daemon' }]]);
    await expect(backendWith(tools, files).remove(SPEC)).rejects.toMatchObject({ id: 'ML-KIND-ENGINE-DOWN' });
    expect(files.exists('/labs/x/kind.json')).toBe(true);
  });
});

describe('remove', () => {
  it('removes what the lab made, half made or not; and nothing when it made none', async () => {
    const tools = new RecordingTools([...HERE, ['kind get nodes', { stdout: 'metrics-lab-x-control-plane\n' }]]);
    expect(await backendWith(tools).remove(SPEC)).toEqual([]);
    expect(tools.lines).toEqual([]);
    const files = new MemoryFiles({ ...TOOLS, '/labs/x/kind.json': '{"cluster":"metrics-lab-x","made":false}' });
    expect(await backendWith(tools, files).remove(SPEC)).toEqual(['kind cluster metrics-lab-x']);
    expect(tools.lines.at(-1)).toBe('kind delete cluster --name metrics-lab-x --kubeconfig /labs/x/kubeconfig');
    expect(files.exists('/labs/x/kind.json')).toBe(false);
  });
});
