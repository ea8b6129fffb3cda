import type { Clock } from '../../contracts/clock.ts';
import type { ProcessIdentity } from '../../contracts/processes.ts';
import type { NodeAgent } from './node-agent.ts';
import { readSessionUse } from './process-use.ts';
import type { ContainerUsage, MetricsView, PodUsage } from './resource-metrics.ts';
import { UsageSampler } from './usage.ts';

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
  const key = ({ pid, startTime }: ProcessIdentity) => `${pid}/${startTime}`;
  const processes = () => [
    self,
    ...agent.workers.flatMap(({ runners }) => runners.flatMap(({ process }) => process ?? [])),
  ];
  const sampler = new UsageSampler({
    clock,
    targets: () => new Map(processes().map((process) => [key(process), process.pid])),
    read: readSessionUse,
  });
  void sampler.run(signal);
  const pods = (): readonly PodUsage[] =>
    agent.workers.flatMap((worker) => {
      const running = worker.runners.filter(({ process }) => process !== undefined);
      const containers = running.flatMap(({ process, view }): ContainerUsage[] => {
        const usage = process === undefined ? undefined : sampler.usage(key(process));
        return usage === undefined ? [] : [{ name: view.name, usage }];
      });
      // As metrics-server: a pod is listed only when all that runs in it has been measured.
      if (containers.length === 0 || containers.length < running.length) return [];
      const { name, namespace = '', labels = {} } = worker.pod().metadata;
      return [{ name, namespace, labels, containers }];
    });
  return {
    now: () => clock.now(),
    pods,
    node: () => {
      const own = sampler.usage(key(self));
      if (own === undefined) return undefined;
      const all = [own, ...pods().flatMap(({ containers }) => containers.map(({ usage }) => usage))];
      const sum = (field: 'cpuNanoCores' | 'memoryBytes') => all.reduce((total, usage) => total + usage[field], 0);
      const usage = { ...own, cpuNanoCores: sum('cpuNanoCores'), memoryBytes: sum('memoryBytes') };
      return { name: nodeName, labels: agent.nodeLabels, usage };
    },
  };
}
