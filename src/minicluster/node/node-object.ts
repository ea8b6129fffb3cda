import type { KubeObject } from '../../contracts/kube-client.ts';
import type { NodeConfig } from './config.ts';
import { POD_PREFIX } from './ip-pool.ts';
import { HOST_IP } from './pod-status.ts';
import { rfc3339 } from './runtime.ts';

/** What the node says of the machine it runs on. */
export interface Machine {
  readonly architecture: 'amd64' | 'arm64';
  readonly os: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  readonly machineID: string;
  readonly bootID: string;
}

/** The machine, and the version that `kubectl get nodes` shows, e.g. `v1.36.3`. */
export type Described = Machine & { readonly version: string };

/** A condition as it was found. */
export interface SeenCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
}

export interface NodeCondition extends SeenCondition {
  readonly reason: string;
  readonly message: string;
  readonly lastHeartbeatTime: string;
  readonly lastTransitionTime: string;
}

const CONDITIONS: readonly (readonly [type: string, status: string, reason: string, message: string])[] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'the process node runs pods as local processes'],
];

/** Labels that the node gives itself. */
export function nodeLabels(config: NodeConfig, machine: Machine): Readonly<Record<string, string>> {
  return {
    'kubernetes.io/hostname': config.nodeName,
    'kubernetes.io/os': machine.os,
    'kubernetes.io/arch': machine.architecture,
    'beta.kubernetes.io/os': machine.os,
    'beta.kubernetes.io/arch': machine.architecture,
    'metricslab.dev/node': 'process',
    ...config.labels,
  };
}

/** The Node as it is registered. `now` is epoch ms. */
export function nodeObject(config: NodeConfig, machine: Described, now: number): KubeObject {
  const podCIDR = `${config.podPrefix ?? POD_PREFIX}.0.0/16`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: config.nodeName,
      labels: nodeLabels(config, machine),
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: nodeStatus(config, machine, [], now),
  };
}

/** The Node's status; `previous` conditions keep their transition times. `now` is epoch ms. */
export function nodeStatus(
  config: NodeConfig,
  machine: Described,
  previous: readonly SeenCondition[],
  now: number,
): Readonly<Record<string, unknown>> {
  const resources = { cpu: config.capacity.cpu, memory: config.capacity.memory, pods: String(config.capacity.pods) };
  return {
    addresses: [
      { type: 'InternalIP', address: HOST_IP },
      { type: 'Hostname', address: 'localhost' },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: conditionsOf(previous, rfc3339(now)),
    daemonEndpoints: { kubeletEndpoint: { Port: config.kubeletPort } },
    nodeInfo: {
      architecture: machine.architecture,
      operatingSystem: machine.os,
      kernelVersion: machine.kernelVersion,
      osImage: machine.osImage,
      machineID: machine.machineID,
      systemUUID: machine.machineID,
      bootID: machine.bootID,
      containerRuntimeVersion: 'process://1',
      kubeletVersion: machine.version,
      kubeProxyVersion: '',
    },
  };
}

function conditionsOf(previous: readonly SeenCondition[], time: string): readonly NodeCondition[] {
  return CONDITIONS.map(([type, status, reason, message]) => {
    const before = previous.find((condition) => condition.type === type && condition.status === status);
    const lastTransitionTime = before?.lastTransitionTime ?? time;
    return { type, status, reason, message, lastHeartbeatTime: time, lastTransitionTime };
  });
}
