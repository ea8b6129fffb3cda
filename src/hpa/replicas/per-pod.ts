import { floatToInt32 } from '../go-numbers.ts';
import type { PodView } from '../pods/pod.ts';
import type { ProposalBasis } from '../record.ts';
import {
  type CalcContext,
  failed,
  type PodMetric,
  type PodMetrics,
  type Proposal,
  proposed,
  recordInt64,
} from './context.ts';
import { groupPods } from './group-pods.ts';
import { type PerPodTarget, ratioOf, refill, type Sample, upstreamOf } from './per-pod-sample.ts';
import { calculateRequests, type PodRequests } from './requests.ts';
import { withinTolerance } from './tolerance.ts';
import type { UsageRatio } from './utilization.ts';

const NO_PODS = 'no pods returned by selector while calculating replica count';
const NO_MATCH = 'no metrics returned matched known pods';
const NO_METRICS = 'did not receive metrics for targeted pods (pods might be unready)';
/** The same up to 1.26. */
const NO_READY_METRICS = 'did not receive metrics for any ready pods';

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
  if (ctx.trace === null) return;
  const inputs = { metric: ctx.metric, basis, ratio, factor };
  ctx.trace.push({ rule: 'proposal', upstream: upstreamOf(sample), inputs, result: replicas });
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

/** Replicas once the first ratio is known. */
function fromRatio(
  ctx: CalcContext,
  sample: Sample,
  metrics: Map<string, PodMetric>,
  first: UsageRatio,
  out: Proposal,
): void {
  const { groups, current } = sample;
  recordFirst(ctx, sample, first);
  const scaleUpWithUnready = groups.unready.length > 0 && first.ratio > 1.0;
  if (scaleUpWithUnready || groups.missing.length > 0) {
    recompute(ctx, sample, metrics, first, scaleUpWithUnready, out);
  } else if (withinTolerance(ctx, first.ratio)) {
    conclude(ctx, sample, 'within tolerance', first.ratio, null, current, first, out);
  } else {
    const replicas = floatToInt32(Math.ceil(first.ratio * groups.readyCount), ctx.rules.saturating);
    conclude(ctx, sample, 'ratio times pods', first.ratio, groups.readyCount, replicas, first, out);
  }
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
    failed(out, ctx.rules.anyReadyPodsText ? NO_READY_METRICS : NO_METRICS);
    return;
  }
  let requests: PodRequests | null = null;
  if (target.unit === 'percent') {
    const calculated = calculateRequests(pods, target.container, resource, ctx.rules);
    if ('error' in calculated) {
      failed(out, calculated.error);
      return;
    }
    requests = calculated.ok;
  }
  const sample: Sample = { target, requests, groups, current };
  const first = ratioOf(metrics, sample);
  if (first === null) failed(out, NO_MATCH);
  else fromRatio(ctx, sample, metrics, first, out);
}
