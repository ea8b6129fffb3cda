import { div64, floatToInt32, type Int64, mul64 } from '../go-numbers.ts';
import type { PodView } from '../pods/pod.ts';
import type { ProposalBasis } from '../record.ts';
import {
  type Answer,
  type CalcContext,
  failed,
  type PodMetric,
  type PodMetrics,
  type Proposal,
  proposed,
  recordInt64,
} from './context.ts';
import { groupPods, type PodGroups } from './group-pods.ts';
import { calculateRequests, type PodRequests } from './requests.ts';
import { withinTolerance } from './tolerance.ts';
import { getMetricUsageRatio, getResourceUtilizationRatio, type UsageRatio } from './utilization.ts';

const NO_PODS = 'no pods returned by selector while calculating replica count';
const NO_MATCH = 'no metrics returned matched known pods';

/** A target per pod: percent of the request, or a plain value in milli-units. */
export type PerPodTarget =
  | { readonly unit: 'percent'; readonly value: number; readonly container: string }
  | { readonly unit: 'milli'; readonly value: Int64 };

/** What is known once the pods are grouped. `requests` is null for plain values. */
interface Sample {
  readonly target: PerPodTarget;
  readonly requests: PodRequests | null;
  readonly groups: PodGroups;
  readonly current: number;
}

function ratioOf(metrics: PodMetrics, sample: Sample): UsageRatio | null {
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
function refill(
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
    upstream: sample.target.unit === 'percent' ? 'GetResourceReplicas' : 'calcPlainMetricReplicas',
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

function conclude(
  ctx: CalcContext,
  sample: Sample,
  basis: ProposalBasis,
  ratio: number,
  factor: number | null,
  replicas: number,
  first: UsageRatio,
  out: Proposal,
): void {
  proposed(out, replicas, first.usage, first.utilization);
  const upstream = sample.target.unit === 'percent' ? 'GetResourceReplicas' : 'calcPlainMetricReplicas';
  ctx.trace?.push({
    rule: 'proposal',
    upstream,
    inputs: { metric: ctx.metric, basis, ratio, factor },
    result: replicas,
  });
}

/** The second half: assume values for unready and missing pods, and only move if the direction stays. */
function recompute(
  ctx: CalcContext,
  sample: Sample,
  metrics: Map<string, PodMetric>,
  first: UsageRatio,
  scaleUpWithUnready: boolean,
  out: Proposal,
): void {
  const { current } = sample;
  refill(metrics, sample, first.ratio, ctx, scaleUpWithUnready);
  const second = ratioOf(metrics, sample);
  if (second === null) {
    failed(out, NO_MATCH);
    return;
  }
  const { ratio } = second;
  if (withinTolerance(ctx, ratio)) {
    conclude(ctx, sample, 'within tolerance', ratio, null, current, first, out);
    return;
  }
  if ((first.ratio < 1.0 && ratio > 1.0) || (first.ratio > 1.0 && ratio < 1.0)) {
    conclude(ctx, sample, 'direction would flip', ratio, null, current, first, out);
    return;
  }
  const replicas = floatToInt32(Math.ceil(ratio * metrics.size), ctx.rules.saturating);
  if ((ratio < 1.0 && replicas > current) || (ratio > 1.0 && replicas < current)) {
    conclude(ctx, sample, 'count would flip direction', ratio, metrics.size, current, first, out);
    return;
  }
  conclude(ctx, sample, 'ratio times pods', ratio, metrics.size, replicas, first, out);
}

/**
 * Replicas for a target per pod. Upstream: replica_calculator.go GetResourceReplicas (percent) and calcPlainMetricReplicas
 * (milli), which have the same shape.
 *
 * @param resource "cpu", "memory", …; "" for metrics of the custom metrics API
 */
export function perPodReplicas(
  ctx: CalcContext,
  current: number,
  target: PerPodTarget,
  resource: string,
  given: PodMetrics,
  pods: readonly PodView[],
  out: Proposal,
): void {
  if (pods.length === 0) {
    failed(out, NO_PODS);
    return;
  }
  const groups = groupPods(pods, given, resource, ctx);
  const metrics = new Map(given);
  for (const pod of groups.ignored) metrics.delete(pod);
  for (const pod of groups.unready) metrics.delete(pod);
  if (metrics.size === 0) {
    failed(
      out,
      ctx.rules.anyReadyPodsText
        ? 'did not receive metrics for any ready pods'
        : 'did not receive metrics for targeted pods (pods might be unready)',
    );
    return;
  }
  let requests: Answer<PodRequests> | null = null;
  if (target.unit === 'percent') {
    requests = calculateRequests(pods, target.container, resource, ctx.rules);
    if ('error' in requests) {
      failed(out, requests.error);
      return;
    }
  }
  const sample: Sample = { target, requests: requests === null ? null : requests.ok, groups, current };
  const first = ratioOf(metrics, sample);
  if (first === null) {
    failed(out, NO_MATCH);
    return;
  }
  recordFirst(ctx, sample, first);
  const scaleUpWithUnready = groups.unready.length > 0 && first.ratio > 1.0;
  if (scaleUpWithUnready || groups.missing.length > 0) {
    recompute(ctx, sample, metrics, first, scaleUpWithUnready, out);
    return;
  }
  if (withinTolerance(ctx, first.ratio)) {
    conclude(ctx, sample, 'within tolerance', first.ratio, null, current, first, out);
    return;
  }
  const replicas = floatToInt32(Math.ceil(first.ratio * groups.readyCount), ctx.rules.saturating);
  conclude(ctx, sample, 'ratio times pods', first.ratio, groups.readyCount, replicas, first, out);
}

function recordFirst(ctx: CalcContext, sample: Sample, first: UsageRatio): void {
  const { trace, metric, metricName: name } = ctx;
  if (trace === null) return;
  const { groups, target } = sample;
  trace.push({
    rule: 'pods',
    upstream: 'groupPods',
    inputs: {
      metric,
      unready: groups.unready.length,
      missing: groups.missing.length,
      ignored: groups.ignored.length,
    },
    result: groups.readyCount,
  });
  const percent = target.unit === 'percent';
  trace.push({
    rule: 'ratio',
    upstream: percent ? 'GetResourceUtilizationRatio' : 'GetMetricUsageRatio',
    inputs: {
      metric,
      name,
      unit: target.unit,
      usage: percent ? first.utilization : recordInt64(first.usage),
      target: recordInt64(target.value),
      divisor: null,
    },
    result: first.ratio,
  });
}

/** Upstream: replica_calculator.go GetResourceReplicas. `targetUtilization` in percent. */
export function getResourceReplicas(
  ctx: CalcContext,
  current: number,
  targetUtilization: number,
  resource: string,
  container: string,
  answer: Answer<PodMetrics>,
  pods: readonly PodView[],
  out: Proposal,
): void {
  if ('error' in answer) {
    failed(out, `unable to get metrics for resource ${resource}: ${answer.error}`);
    return;
  }
  const target: PerPodTarget = { unit: 'percent', value: targetUtilization, container };
  perPodReplicas(ctx, current, target, resource, answer.ok, pods, out);
}

/** Upstream: replica_calculator.go GetRawResourceReplicas. `targetUsage` in milli-units. */
export function getRawResourceReplicas(
  ctx: CalcContext,
  current: number,
  targetUsage: Int64,
  resource: string,
  answer: Answer<PodMetrics>,
  pods: readonly PodView[],
  out: Proposal,
): void {
  if ('error' in answer) {
    failed(out, `unable to get metrics for resource ${resource}: ${answer.error}`);
    return;
  }
  perPodReplicas(ctx, current, { unit: 'milli', value: targetUsage }, resource, answer.ok, pods, out);
}

/** Upstream: replica_calculator.go GetMetricReplicas. `targetUsage` in milli-units. */
export function getMetricReplicas(
  ctx: CalcContext,
  current: number,
  targetUsage: Int64,
  metricName: string,
  answer: Answer<PodMetrics>,
  pods: readonly PodView[],
  out: Proposal,
): void {
  if ('error' in answer) {
    failed(out, `unable to get metric ${metricName}: ${answer.error}`);
    return;
  }
  perPodReplicas(ctx, current, { unit: 'milli', value: targetUsage }, '', answer.ok, pods, out);
}
