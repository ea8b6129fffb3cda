import type { MetricsView } from './resource-metrics.ts';

/** `/metrics/resource` of the kubelet in Prometheus' text format, as far as it is measured here. */
export function resourceMetricsText(view: MetricsView): string {
  const containers = view.pods().flatMap((pod) =>
    pod.containers.map(({ name, usage }) => ({
      labels: `{container="${name}",namespace="${pod.namespace}",pod="${pod.name}"}`,
      usage,
    })),
  );
  const [node] = view.nodes();
  return [
    '# HELP container_cpu_usage_seconds_total Cumulative cpu time consumed by the container in core-seconds',
    '# TYPE container_cpu_usage_seconds_total counter',
    ...containers.map(
      ({ labels, usage }) => `container_cpu_usage_seconds_total${labels} ${usage.cpuNanosTotal / 1e9} ${usage.at}`,
    ),
    '# HELP container_memory_working_set_bytes Current working set of the container in bytes',
    '# TYPE container_memory_working_set_bytes gauge',
    ...containers.map(
      ({ labels, usage }) => `container_memory_working_set_bytes${labels} ${usage.memoryBytes} ${usage.at}`,
    ),
    '# HELP node_memory_working_set_bytes Current working set of the node in bytes',
    '# TYPE node_memory_working_set_bytes gauge',
    ...(node === undefined ? [] : [`node_memory_working_set_bytes ${node.usage.memoryBytes} ${node.usage.at}`]),
    '',
  ].join('\n');
}
