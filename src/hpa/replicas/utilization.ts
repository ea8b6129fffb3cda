import { add64, div64, type Int64, int64ToInt32, mul64, toFloat64 } from '../go-numbers.ts';
import type { PodMetrics } from './context.ts';
import type { PodRequests } from './requests.ts';

/** A ratio and what it was made of. */
export interface UsageRatio {
  readonly ratio: number;
  /** Percent; 0 for plain values. */
  readonly utilization: number;
  /** Average per pod, milli-units. */
  readonly usage: Int64;
}

/**
 * Utilization of the pods that have both a metric and a request, against the target; null when their requests sum to 0.
 * Upstream: metrics/utilization.go GetResourceUtilizationRatio.
 */
export function getResourceUtilizationRatio(
  metrics: PodMetrics,
  requests: PodRequests,
  targetUtilization: number,
): UsageRatio | null {
  let metricsTotal: Int64 = 0;
  let requestsTotal: Int64 = 0;
  let entries = 0;
  for (const [pod, metric] of metrics) {
    const request = requests.get(pod);
    if (request === undefined) continue;
    metricsTotal = add64(metricsTotal, metric.value);
    requestsTotal = add64(requestsTotal, request);
    entries += 1;
  }
  if (requestsTotal === 0) return null;
  const utilization = int64ToInt32(div64(mul64(metricsTotal, 100), requestsTotal));
  return { ratio: utilization / targetUtilization, utilization, usage: div64(metricsTotal, entries) };
}

/**
 * Average of all values against the target. There is at least one value.
 * Upstream: metrics/utilization.go GetMetricUsageRatio.
 */
export function getMetricUsageRatio(metrics: PodMetrics, targetUsage: Int64): UsageRatio {
  let total: Int64 = 0;
  for (const metric of metrics.values()) total = add64(total, metric.value);
  const usage = div64(total, metrics.size);
  return { ratio: toFloat64(usage) / toFloat64(targetUsage), utilization: 0, usage };
}
