import type { CrossVersionObjectReference } from '../api/types.ts';
import type { Int64 } from '../go-numbers.ts';
import { type Answer, type CalcContext, failed, type Proposal } from './context.ts';
import { averageReplicas, valueReplicas } from './totals.ts';

/** The metric's name, its object, and what the custom metrics API said (milli-units). */
export interface ObjectMetric {
  readonly name: string;
  readonly namespace: string;
  readonly object: CrossVersionObjectReference;
  readonly answer: Answer<Int64>;
}

/** Up to 1.36 the arguments are in the order of another format: "unable to get metric m: Kind on ns name/<error>". */
function fetchError({ name, namespace, object }: ObjectMetric, error: string, ctx: CalcContext): string {
  return ctx.rules.objectErrorOrder
    ? `unable to get metric ${name}: ${object.kind} on ${namespace} ${object.name}/${error}`
    : `unable to get metric ${name} on ${object.kind} ${namespace}/${object.name}: ${error}`;
}

/** Upstream: replica_calculator.go GetObjectMetricReplicas. `readyPods` as in {@link valueReplicas}. */
export function getObjectMetricReplicas(
  ctx: CalcContext,
  current: number,
  target: Int64,
  metric: ObjectMetric,
  readyPods: number,
  out: Proposal,
): void {
  const { answer } = metric;
  if ('error' in answer) failed(out, fetchError(metric, answer.error, ctx));
  else valueReplicas(ctx, current, answer.ok, target, readyPods, out);
}

/** Upstream: replica_calculator.go GetObjectPerPodMetricReplicas. */
export function getObjectPerPodMetricReplicas(
  ctx: CalcContext,
  statusReplicas: number,
  target: Int64,
  metric: ObjectMetric,
  out: Proposal,
): void {
  const { answer } = metric;
  if ('error' in answer) failed(out, fetchError(metric, answer.error, ctx));
  else averageReplicas(ctx, statusReplicas, answer.ok, target, false, out);
}
