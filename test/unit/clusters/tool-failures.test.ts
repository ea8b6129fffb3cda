import { expect, it } from 'vitest';
import { engineFailure, kindFailure, nodeFailure } from '../../../src/errors/match.ts';

const CREATING = `cgroup v1 is deprecated in Kubernetes and will not be supported in a future kind release, please upgrade to cgroup v2
Creating cluster "x" ...
 • Ensuring node image (kindest/node:v1.36.3) 🖼️  ...`;

// Recorded from kind 0.33 and Docker 20.10 (client 28.2).
it.each([
  [
    'ML-KIND-ENGINE-DOWN',
    `ERROR: failed to list nodes: command "docker ps -a --filter label=io.x-k8s.kind.cluster=x --format '{{.Names}}'" failed with error: exit status 1

Command Output: Cannot connect to the Docker daemon at unix:///nope. Is the docker daemon running?`,
  ],
  [
    'ML-KIND-ENGINE-PERMISSION',
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied',
  ],
  ['ML-KIND-DISK-FULL', 'Error processing tar file(exit status 1): write /usr/bin/containerd: no space left on device'],
] as const)('%s, said by the engine or through kind', (id, text) => {
  expect([engineFailure(text), kindFailure(text)]).toEqual([id, id]);
});

it.each([
  [
    'ML-KIND-NAME-TAKEN',
    'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "metrics-lab-k1"',
  ],
  [
    'ML-KIND-IMAGE-PULL',
    `${CREATING}
 ✗ Ensuring node image (kindest/node:v1.99.0) 🖼️
ERROR: failed to create cluster: failed to pull image "kindest/node:v1.99.0": command "docker pull kindest/node:v1.99.0" failed with error: exit status 1

Command Output: Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host`,
  ],
  [
    'ML-KIND-PORT-BUSY',
    `${CREATING}
 ✗ Preparing nodes 📦
ERROR: failed to create cluster: command "docker run --name x-control-plane --publish=127.0.0.1:18443:6443/TCP kindest/node:v1.36.3" failed with error: exit status 125

Command Output: f238676fbcc376e20135b93a96e9ecc38481ba80c8fc0f1bbdabfe6e1c675f64
docker: Error response from daemon: driver failed programming external connectivity on endpoint x-control-plane (3c4e): Error starting userland proxy: listen tcp4 127.0.0.1:18443: bind: address already in use`,
  ],
] as const)('%s, said by kind', (id, text) => {
  expect(kindFailure(text)).toBe(id);
});

it('a node that has cgroup v1 only says so in the journal of its kubelet (validation_linux.go of 1.36); kind sees a time-out', () => {
  const line =
    'E1125 kubelet[241]: "command failed" err="failed to validate kubelet configuration, error: kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported and will be removed in a future release"';
  expect(nodeFailure(line)).toBe('ML-KIND-CGROUP');
  expect([nodeFailure('all is well'), kindFailure(`${CREATING}\nERROR: failed to init node with kubeadm`)]).toEqual([
    undefined,
    undefined,
  ]);
});
