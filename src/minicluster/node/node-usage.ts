import type { Clock } from '../../contracts/clock.ts';
import type { ProcessIdentity } from '../../contracts/processes.ts';
import type { NodeAgent } from './node-agent.ts';
import type { PodWorker } from './pod-worker.ts';
import { readSessionUse } from './process-use.ts';
import type { ContainerUsage, MetricsView, PodUsage } from './resource-metrics.ts';
import { type Usage, UsageSampler } from './usage.ts';

/** What the node's pods use, measured in the background until the signal. */
export function nodeUsage(
  agent: NodeAgent,
  options: {
    readonly clock: Clock;
    readonly self: ProcessIdentity;
    readonly nodeName: string;
    readonly signal: AbortSignal;
  },
): MetricsView {
  const { clock, self, nodeName, signal } = options;
  const processes = () => [
    self,
    ...agent.workers.flatMap(({ runners }) => runners.flatMap(({ process }) => process ?? [])),
  ];
  const sampler = new UsageSampler({
    clock,
    targets: () => new Map(processes().map((process) => [keyOf(process), process.pid])),
    read: readSessionUse,
  });
  void sampler.run(signal);
  const usageOf = (process: ProcessIdentity | undefined) =>
    process === undefined ? undefined : sampler.usage(keyOf(process));
  const pods = () => agent.workers.flatMap((worker) => podUsage(worker, usageOf) ?? []);
  return {
    now: () => clock.now(),
    pods,
    nodes: () => {
      const own = usageOf(self);
      if (own === undefined) return [];
      const all = [own, ...pods().flatMap(({ containers }) => containers.map(({ usage }) => usage))];
      const sum = (field: 'cpuNanoCores' | 'memoryBytes') => all.reduce((total, usage) => total + usage[field], 0);
      const usage = { ...own, cpuNanoCores: sum('cpuNanoCores'), memoryBytes: sum('memoryBytes') };
      return [{ name: nodeName, labels: agent.nodeLabels, usage }];
    },
  };
}

/** As metrics-server: a pod is listed only when all that runs in it has been measured. */
function podUsage(
  worker: PodWorker,
  usageOf: (process: ProcessIdentity | undefined) => Usage | undefined,
): PodUsage | undefined {
  const running = worker.runners.filter(({ process }) => process !== undefined);
  const containers = running.flatMap(({ process, view }): ContainerUsage[] => {
    const usage = usageOf(process);
    return usage === undefined ? [] : [{ name: view.name, usage }];
  });
  if (containers.length === 0 || containers.length < running.length) return undefined;
  const { name, namespace = '', labels = {} } = worker.pod().metadata;
  return { name, namespace, labels, containers };
}

/** A later process with the same pid is another one. */
function keyOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid}/${startTime}`;
}
