import type { Int64 } from '../go-numbers.ts';
import type { PodView } from '../pods/pod.ts';
import { type Answer, type CalcContext, failed, type PodMetrics, type Proposal } from './context.ts';
import { perPodReplicas } from './per-pod.ts';
import type { PerPodTarget } from './per-pod-sample.ts';

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
