import type { MetricsServerConfig } from './config.ts';
import { describedObject, resourceKindOf } from './described-object.ts';
import type { CustomWrite, ExternalWrite, MemoryMetrics } from './memory/memory-metrics.ts';

/** The values that the configuration itself names, in place of those of the one before. Raises ML-METRIC-MEMORY-FULL. */
export function seed(memory: MemoryMetrics, { metrics }: MetricsServerConfig): void {
  const external: ExternalWrite[] = [];
  const custom: CustomWrite[] = [];
  for (const { name: metric, labels: common, namespace, namespaces, object, source } of metrics) {
    if (source.type !== 'memory') continue;
    for (const one of source.series) {
      const labels = { ...one.labels, ...common };
      const described = object === undefined ? undefined : describedObject(object, labels);
      if (object !== undefined && described !== undefined)
        custom.push({ ...described, metric, resource: resourceKindOf(object), value: one.value });
      if (object !== undefined) continue;
      for (const place of namespaces ?? [namespace])
        external.push({ metric, namespace: place, labels, value: one.value });
    }
  }
  memory.replaceConstants(external, custom);
}
