import { z } from 'zod';
import type { ListWatch, ObjectMeta } from '../../contracts/kube-client.ts';
import { describe, type LabError } from '../../errors/lab-error.ts';
import { listWatch } from '../../kube/list-watch.ts';
import { Meta, parseAs } from '../../kube/objects.ts';
import type { Amounts, Taint } from './fit.ts';
import type { NodePorts } from './node-ports.ts';
import { type Pod, parsePod } from './pod.ts';
import { bytes, cpuMilli } from './quantity.ts';

export interface SeenNode {
  readonly metadata: ObjectMeta;
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
  readonly allocatable: Amounts;
  /** Port of its kubelet API on this machine. */
  readonly kubeletPort: number;
}

/** What a node sees of the cluster beside its own pods. */
export interface Neighbours {
  /** All nodes, this one too. */
  readonly nodes: ListWatch<SeenNode>;
  /** Pods that are not over and not on this node: those of other nodes, and those that wait for one. */
  readonly pods: ListWatch<Pod>;
}

const NodeSchema = z.object({
  metadata: Meta,
  spec: z
    .object({
      unschedulable: z.boolean().nullish(),
      taints: z.array(z.object({ key: z.string(), value: z.string().optional(), effect: z.string() })).nullish(),
    })
    .nullish(),
  status: z
    .object({
      allocatable: z.record(z.string(), z.string()).nullish(),
      daemonEndpoints: z.object({ kubeletEndpoint: z.object({ Port: z.number() }).nullish() }).nullish(),
    })
    .nullish(),
});

export function watchNeighbours({ client, clock, log }: NodePorts, nodeName: string, signal: AbortSignal): Neighbours {
  const watching = { clock, signal, onError: (error: LabError) => log(`neighbours: ${describe(error)}`) };
  const elsewhere = `spec.nodeName!=${nodeName},status.phase!=Failed,status.phase!=Succeeded`;
  return {
    nodes: listWatch(client, '/api/v1/nodes', { ...watching, parse: parseNode }),
    pods: listWatch(client, '/api/v1/pods', { ...watching, parse: parsePod, query: { fieldSelector: elsewhere } }),
  };
}

function parseNode(foreign: unknown): SeenNode {
  const { metadata, spec, status } = parseAs(NodeSchema, foreign, 'a Node');
  const { cpu, memory, pods } = status?.allocatable ?? {};
  return {
    metadata,
    unschedulable: spec?.unschedulable === true,
    taints: spec?.taints ?? [],
    allocatable: { cpuMilli: cpuMilli(cpu), memoryBytes: bytes(memory), pods: Number(pods ?? 0) },
    kubeletPort: status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0,
  };
}
