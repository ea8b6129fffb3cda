import { expect, it } from 'vitest';
import { type MinikubeBackendPorts, minikubeBackend } from '../../../src/clusters/minikube/minikube-backend.ts';
import type { BackendContext, ClusterSpec } from '../../../src/contracts/backend.ts';
import { MemoryFiles } from '../../helpers/memory-files.ts';
import { RecordingTools } from '../../helpers/recording-tools.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

// There is no minikube to run here: these pin the command lines, with answers in the shape of its documentation.
const SPEC: ClusterSpec = {
  lab: 'x',
  labDir: '/labs/x',
  kubernetesVersion: '1.36.3',
  driver: 'docker',
  nodes: 2,
  syncPeriodSeconds: 5,
  apiPort: 0,
  nodeCapacity: { cpu: '1', memory: '1Gi', pods: 10 },
};
const NONE = '{"invalid":[],"valid":[]}';
const OURS = '{"invalid":[],"valid":[{"Name":"metrics-lab-x","Status":"Running"}]}';
const MADE = { '/labs/x/minikube.json': '{"cluster":"metrics-lab-x","made":true}' };

function backendWith(tools: RecordingTools, more: Readonly<Record<string, string>> = {}) {
  const files = new MemoryFiles({ '/bin/minikube': '', '/bin/docker': '', ...more });
  const ports: MinikubeBackendPorts = {
    files,
    clock: new VirtualClock(),
    runTool: tools.run,
    env: { PATH: '/bin', HOME: '/home/u', KUBECONFIG: '/home/u/.kube/config', MINIKUBE_HOME: '/m' },
    packageDir: '/nowhere',
    version: '1.0.0',
  };
  return { backend: minikubeBackend(ports), files };
}
const context = (): BackendContext => ({
  io: { emit: () => {} },
  components: {
    ensure: () => expect.fail('minikube has no processes of the lab'),
    remove: () => expect.fail('minikube has no processes of the lab'),
  },
  signal: new AbortController().signal,
  step: 'cluster',
});

it('starts a profile of its own, without addons, and writes to the lab’s kubeconfig only', async () => {
  const stderr = 'X Exiting due to K8S_INSTALL_FAILED: it did not come up';
  const tools = new RecordingTools([
    ['minikube profile list', { stdout: NONE }],
    ['minikube start', { code: 80, stderr }],
  ]);
  const { backend, files } = backendWith(tools);
  await expect(backend.create(SPEC, context())).rejects.toMatchObject({
    id: 'ML-MINIKUBE-FAILED',
    exitCode: 8,
    logFile: '/labs/x/logs/minikube.log',
    why: expect.stringContaining('K8S_INSTALL_FAILED'),
  });
  expect(tools.lines).toEqual([
    'minikube profile list --output json --light',
    'minikube start --profile metrics-lab-x --interactive=false --install-addons=false --wait=all --driver=docker --kubernetes-version=v1.36.3 --nodes=2 --feature-gates=HPAScaleToZero=true --extra-config=controller-manager.horizontal-pod-autoscaler-sync-period=5s',
  ]);
  for (const env of tools.environments) {
    expect(env).toEqual({ PATH: '/bin', HOME: '/home/u', MINIKUBE_HOME: '/m', KUBECONFIG: '/labs/x/kubeconfig' });
  }
  // What the next `up` goes on with, and `teardown` removes.
  expect(files.readText('/labs/x/minikube.json')).toContain('"made": false');
});

it('leaves a profile of somebody else alone', async () => {
  const tools = new RecordingTools([['minikube profile list', { stdout: OURS }]]);
  const { backend } = backendWith(tools);
  await expect(backend.create(SPEC, context())).rejects.toMatchObject({ id: 'ML-KIND-NAME-TAKEN', exitCode: 5 });
  expect(await backend.remove(SPEC)).toEqual([]);
  expect(tools.lines).toEqual(['minikube profile list --output json --light']);
});

it('loads what the nodes lack, and deletes the profile in the end', async () => {
  const tools = new RecordingTools([
    ['minikube profile list', { stdout: OURS }],
    ['minikube image ls', { stdout: 'docker.io/library/redis:8\n' }],
    ['docker image inspect', { stdout: '1000\n' }],
  ]);
  const { backend, files } = backendWith(tools, MADE);
  expect(await backend.images?.programs(SPEC, 'mine:1', context())).toEqual({
    image: 'mine:1',
    changed: true,
    detail: 'mine:1',
  });
  expect(await backend.images?.others(SPEC, ['redis:8'], context())).toEqual({ changed: false });
  expect(await backend.remove(SPEC)).toEqual(['minikube profile metrics-lab-x']);
  expect(tools.lines).toEqual([
    'minikube image ls --profile metrics-lab-x',
    'minikube image load mine:1 --profile metrics-lab-x',
    'docker image inspect --format {{.Size}} redis:8',
    'minikube image ls --profile metrics-lab-x',
    'minikube profile list --output json --light',
    'minikube delete --profile metrics-lab-x',
  ]);
  expect(files.exists('/labs/x/minikube.json')).toBe(false);
});
