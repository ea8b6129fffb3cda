import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { describe } from '../../errors/lab-error.ts';
import { parseAs } from '../../kube/objects.ts';
import type { Neighbours } from './neighbours.ts';
import { pause } from './node-ports.ts';
import type { MetricsView, NodeUsage, PodUsage } from './resource-metrics.ts';

/** Where a node's kubelet API tells what the node and its pods use. */
export const USAGE_PATH = '/metricslab/usage';
const READ_MS = 10_000;
const ASK_MS = 5_000;

interface PeerUsage {
  readonly nodes: readonly NodeUsage[];
  readonly pods: readonly PodUsage[];
}

const Usage = z.object({
  cpuNanoCores: z.number(),
  memoryBytes: z.number(),
  cpuNanosTotal: z.number(),
  at: z.number(),
  windowMs: z.number(),
});
const labels = z.record(z.string(), z.string());
const Peer: z.ZodType<PeerUsage> = z.object({
  nodes: z.array(z.object({ name: z.string(), labels, usage: Usage })),
  pods: z.array(
    z.object({
      name: z.string(),
      namespace: z.string(),
      labels,
      containers: z.array(z.object({ name: z.string(), usage: Usage })),
    }),
  ),
});

export function usageText(view: MetricsView): string {
  return JSON.stringify({ nodes: view.nodes(), pods: view.pods() });
}

/**
 * The measures of this node with those of the others, read from their kubelet APIs every 10 s until the signal. A node that does
 * not answer is left out, as by metrics-server.
 */
export function withPeers(
  own: MetricsView,
  options: {
    readonly nodes: Neighbours['nodes'];
    readonly nodeName: string;
    /** A client of the kubelet API on a port of this machine. */
    readonly kubelet: (port: number) => KubeClient;
    readonly clock: Clock;
    readonly log: (line: string) => void;
    readonly signal: AbortSignal;
  },
): MetricsView {
  const { nodes, nodeName, kubelet, clock, log, signal } = options;
  let peers: readonly PeerUsage[] = [];
  const read = async (port: number): Promise<readonly PeerUsage[]> => {
    const client = kubelet(port);
    try {
      const answer = await client.json('GET', USAGE_PATH, undefined, { timeoutMs: ASK_MS, signal });
      return [parseAs(Peer, answer, 'the usage of a node')];
    } catch (error) {
      if (!signal.aborted) log(`usage of the node at port ${port}: ${describe(error)}`);
      return [];
    } finally {
      client.close();
    }
  };
  const run = async () => {
    while (await pause(clock, READ_MS, signal)) {
      const others = nodes.items().filter(({ metadata, kubeletPort }) => metadata.name !== nodeName && kubeletPort > 0);
      peers = (await Promise.all(others.map(({ kubeletPort }) => read(kubeletPort)))).flat();
    }
  };
  void run();
  return {
    now: () => own.now(),
    pods: () => [...own.pods(), ...peers.flatMap(({ pods }) => pods)],
    nodes: () => [...own.nodes(), ...peers.flatMap((peer) => peer.nodes)],
  };
}
