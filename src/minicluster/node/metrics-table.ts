import type { NodeUsage, PodUsage } from './resource-metrics.ts';
import type { Usage } from './usage.ts';

/** `kubectl get podmetrics` and `nodemetrics`: names, amounts, window, as metrics-server's tables. */
export function podTable(pods: readonly PodUsage[], objects: readonly object[]): object {
  return table(
    pods.map(({ name, containers }, at) => row(name, total(containers.map(({ usage }) => usage)), objects[at])),
  );
}

export function nodeTable(nodes: readonly NodeUsage[], objects: readonly object[]): object {
  return table(nodes.map(({ name, usage }, at) => row(name, usage, objects[at])));
}

const COLUMNS: readonly object[] = [
  { name: 'Name', type: 'string', format: 'name', description: 'Name of the resource', priority: 0 },
  { name: 'cpu', type: 'quantity', format: '', description: '', priority: 0 },
  { name: 'memory', type: 'quantity', format: '', description: '', priority: 0 },
  { name: 'Window', type: 'string', format: '', description: '', priority: 0 },
];

function table(rows: readonly object[]): object {
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {}, columnDefinitions: COLUMNS, rows };
}

function row(name: string, usage: Usage, object: object | undefined): object {
  const window = `${Number((usage.windowMs / 1000).toFixed(3))}s`;
  const cells = [name, `${usage.cpuNanoCores}n`, `${Math.round(usage.memoryBytes / 1024)}Ki`, window];
  return { cells, object };
}

function total(usages: readonly Usage[]): Usage {
  const sum = (field: 'cpuNanoCores' | 'memoryBytes') => usages.reduce((all, usage) => all + usage[field], 0);
  const windowMs = Math.max(0, ...usages.map((usage) => usage.windowMs));
  return { cpuNanoCores: sum('cpuNanoCores'), memoryBytes: sum('memoryBytes'), cpuNanosTotal: 0, at: 0, windowMs };
}
