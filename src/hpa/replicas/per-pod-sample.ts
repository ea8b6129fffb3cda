import { div64, type Int64, mul64 } from '../go-numbers.ts';
import type { CalcContext, PodMetric, PodMetrics } from './context.ts';
import type { PodGroups } from './group-pods.ts';
import type { PodRequests } from './requests.ts';
import { getMetricUsageRatio, getResourceUtilizationRatio, type UsageRatio } from './utilization.ts';

/** A target per pod: percent of the request, or a plain value in milli-units. */
export type PerPodTarget =
  | { readonly unit: 'percent'; readonly value: number; readonly container: string }
  | { readonly unit: 'milli'; readonly value: Int64 };

/** What is known once the pods are grouped. `requests` is null for plain values. */
export interface Sample {
  readonly target: PerPodTarget;
  readonly requests: PodRequests | null;
  readonly groups: PodGroups;
  readonly current: number;
}

/** The function of upstream that the sample is computed by. */
export function upstreamOf(sample: Sample): string {
  return sample.target.unit === 'percent' ? 'GetResourceReplicas' : 'calcPlainMetricReplicas';
}

/** The metrics' ratio to the target; null when no metric belongs to a pod with a request. */
export function ratioOf(metrics: PodMetrics, sample: Sample): UsageRatio | null {
  const { target, requests } = sample;
  return target.unit === 'percent' && requests !== null
    ? getResourceUtilizationRatio(metrics, requests, target.value)
    : getMetricUsageRatio(metrics, target.value);
}

/** What a pod without a metric is assumed to use when the others say "scale down". */
function assumedUsage(sample: Sample, pod: string): Int64 {
  const { target, requests } = sample;
  if (target.unit === 'milli' || requests === null) return target.value;
  // The whole request, or the target where that is above 100%.
  return div64(mul64(requests.get(pod) ?? 0, Math.max(100, target.value)), 100);
}

const assumed = (value: Int64): PodMetric => ({ value, timestampMs: 0, windowMs: 0 });

/** Values for the pods that have none, against the direction of the first ratio. */
export function refill(
  metrics: Map<string, PodMetric>,
  sample: Sample,
  ratio: number,
  ctx: CalcContext,
  scaleUp: boolean,
): void {
  const { missing, unready } = sample.groups;
  let missingAs: 'target' | 'zero' | 'left out' = 'left out';
  if (ratio < 1.0) {
    missingAs = 'target';
    for (const pod of missing) metrics.set(pod, assumed(assumedUsage(sample, pod)));
  } else if (ratio > 1.0 || (sample.target.unit === 'milli' && ctx.rules.plainRatioOneZeroesMissing)) {
    missingAs = 'zero';
    for (const pod of missing) metrics.set(pod, assumed(0));
  }
  if (scaleUp) for (const pod of unready) metrics.set(pod, assumed(0));
  ctx.trace?.push({
    rule: 'refill',
    upstream: upstreamOf(sample),
    inputs: {
      metric: ctx.metric,
      missing: missing.length,
      missingAs,
      unreadyAsZero: scaleUp ? unready.length : 0,
      before: ratio,
      pods: metrics.size,
    },
    result: ratioOf(metrics, sample)?.ratio ?? Number.NaN,
  });
}
