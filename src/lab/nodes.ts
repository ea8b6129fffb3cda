import { z } from 'zod';
import type { LabRecord } from '../contracts/lab-record.ts';
import { nodeReadiness } from '../kube/nodes.ts';
import { parseAs } from '../kube/objects.ts';
import type { LabPorts } from './ports.ts';

export interface NodeState {
  readonly name: string;
  readonly ready: boolean;
  /** Pods on it that are not over. */
  readonly pods: number;
  /** Why it is not ready; empty when it is. */
  readonly message: string;
}

const PodPlaces = z.object({
  items: z.array(
    z.object({
      spec: z.object({ nodeName: z.string().optional() }),
      status: z.object({ phase: z.string().optional() }),
    }),
  ),
});

const ASK_MS = 3_000;

/** The nodes of a cluster that is the lab's own, else null. Raises ML-KUBE-*. */
export async function readNodes(ports: LabPorts, { spec, cluster }: LabRecord): Promise<readonly NodeState[] | null> {
  if (cluster === undefined || spec.backend === 'context') return null;
  const client = ports.client(cluster.kubeconfig);
  const list = (path: string) => client.json('GET', path, undefined, { timeoutMs: ASK_MS, signal: ports.signal });
  try {
    const [nodes, pods] = await Promise.all([list('/api/v1/nodes'), list('/api/v1/pods')]);
    const places = parseAs(PodPlaces, pods, 'a list of pods').items.filter(
      ({ status: { phase } }) => phase !== 'Succeeded' && phase !== 'Failed',
    );
    return nodeReadiness(nodes).map(({ name, ready, message = 'it has said nothing of itself' }) => {
      const on = places.filter(({ spec: { nodeName } }) => nodeName === name).length;
      return { name, ready, pods: on, message: ready ? '' : message };
    });
  } finally {
    client.close();
  }
}

/** One sentence for each that is not ready. */
export function nodeProblems(nodes: readonly NodeState[] | null): readonly string[] {
  return (nodes ?? [])
    .filter(({ ready }) => !ready)
    .map(({ name, message }) => `node ${name} is not Ready: ${message}`);
}
