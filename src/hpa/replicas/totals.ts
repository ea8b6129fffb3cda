import { add64, floatToInt32, floatToInt64, type Int64, MAX_INT32, MAX_INT64, toFloat64 } from '../go-numbers.ts';
import { type CalcContext, failed, type Proposal, proposed, recordInt64 } from './context.ts';
import { withinTolerance, withinTolerancePerPod } from './tolerance.ts';

const TWO_63 = 9223372036854775808;

function recordRatio(ctx: CalcContext, usage: Int64, target: Int64, divisor: number | null, ratio: number): void {
  if (ctx.trace === null) return;
  const inputs = {
    metric: ctx.metric,
    name: ctx.metricName,
    unit: 'milli' as const,
    usage: recordInt64(usage),
    target: recordInt64(target),
    divisor,
  };
  const upstream = divisor === null ? 'getUsageRatioReplicaCount' : 'GetExternalPerPodMetricReplicas';
  ctx.trace.push({ rule: 'ratio', upstream, inputs, result: ratio });
}

/**
 * Replicas for a Value target: ratio times the ready pods; at zero replicas the ratio itself.
 * Upstream: replica_calculator.go getUsageRatioReplicaCount, with the division of GetObjectMetricReplicas and
 * GetExternalMetricReplicas.
 *
 * @param usage milli-units, as the target
 * @param readyPods pods of the selector that run and are ready; -1 when the selector gives no pod (an error if it is needed)
 */
export function valueReplicas(
  ctx: CalcContext,
  current: number,
  usage: Int64,
  target: Int64,
  readyPods: number,
  out: Proposal,
): void {
  const ratio = toFloat64(usage) / toFloat64(target);
  const { saturating, usageRatioCap } = ctx.rules;
  recordRatio(ctx, usage, target, null, ratio);
  let replicas: number;
  let within = false;
  if (current === 0) {
    replicas = floatToInt32(Math.ceil(ratio), saturating);
  } else if (withinTolerance(ctx, ratio)) {
    replicas = current;
    within = true;
  } else if (readyPods < 0) {
    failed(out, 'unable to calculate ready pods: no pods returned by selector while calculating replica count');
    return;
  } else {
    const count = ratio * readyPods;
    replicas = usageRatioCap && count > MAX_INT32 ? MAX_INT32 : floatToInt32(Math.ceil(count), saturating);
  }
  proposed(out, replicas, usage, 0);
  if (ctx.trace === null) return;
  const factor = within || current === 0 ? null : readyPods;
  let basis: 'within tolerance' | 'usage by target' | 'ratio times pods' = 'ratio times pods';
  if (within) basis = 'within tolerance';
  else if (current === 0) basis = 'usage by target';
  const inputs = { metric: ctx.metric, basis, ratio, factor };
  ctx.trace.push({ rule: 'proposal', upstream: 'getUsageRatioReplicaCount', inputs, result: replicas });
}

/**
 * Replicas for an AverageValue target of one total: the total divided by the target, unless the average over the status
 * replicas is within tolerance. The status shows that average, whatever comes of a division by zero.
 * Upstream: replica_calculator.go GetObjectPerPodMetricReplicas, GetExternalPerPodMetricReplicas.
 *
 * @param usage milli-units, as the target
 * @param statusReplicas status.replicas of the scale
 * @param capped the caps of external metrics hold (1.34 on)
 */
export function averageReplicas(
  ctx: CalcContext,
  statusReplicas: number,
  usage: Int64,
  target: Int64,
  capped: boolean,
  out: Proposal,
): void {
  const total = toFloat64(usage);
  const wanted = toFloat64(target);
  const ratio = total / (wanted * statusReplicas);
  const { saturating } = ctx.rules;
  recordRatio(ctx, usage, target, statusReplicas, ratio);
  let replicas = statusReplicas;
  const within = withinTolerancePerPod(ctx, ratio);
  if (!within) {
    const count = Math.ceil(total / wanted);
    replicas = capped && count > MAX_INT32 ? MAX_INT32 : floatToInt32(count, saturating);
  }
  const average = capped && total >= TWO_63 ? MAX_INT64 : floatToInt64(Math.ceil(total / statusReplicas), saturating);
  proposed(out, replicas, average, 0);
  if (ctx.trace === null) return;
  const basis = within ? 'within tolerance' : 'usage by target';
  const inputs = { metric: ctx.metric, basis, ratio, factor: null } as const;
  const upstream = 'GetExternalPerPodMetricReplicas';
  ctx.trace.push({ rule: 'proposal', upstream, inputs, result: replicas });
}

/**
 * Sum of an external metric's values for a Value target; from 1.35 on a positive overflow stops at MaxInt64.
 * Upstream: replica_calculator.go GetExternalMetricReplicas.
 */
export function sumForValue(values: readonly Int64[], capped: boolean): Int64 {
  let usage: Int64 = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as Int64;
    // Two safe numbers cannot overflow.
    const large = typeof value === 'bigint' || typeof usage === 'bigint';
    if (large && capped && value > 0 && BigInt(usage) > MAX_INT64 - BigInt(value)) return MAX_INT64;
    usage = add64(usage, value);
  }
  return usage;
}

/**
 * Sum of an external metric's values for an AverageValue target; from 1.34 on a negative running sum, taken for an overflow,
 * stops at MaxInt64. Upstream: replica_calculator.go GetExternalPerPodMetricReplicas.
 */
export function sumForAverage(values: readonly Int64[], capped: boolean): Int64 {
  let usage: Int64 = 0;
  for (let i = 0; i < values.length; i += 1) {
    usage = add64(usage, values[i] as Int64);
    if (capped && usage < 0) return MAX_INT64;
  }
  return usage;
}
