import type { PodView } from '../pods/pod.ts';
import type { CalcContext, PodMetric, PodMetrics } from './context.ts';

/** Pods by what their metric is worth. Names, in list order. */
export interface PodGroups {
  readonly readyCount: number;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
  readonly ignored: readonly string[];
}

/** Whether a pod with a cpu metric is too young or not ready. Upstream: groupPods, the branch for cpu. */
function isCpuUnready(pod: PodView, metric: PodMetric, ctx: CalcContext): boolean {
  const { ready, startMs } = pod;
  if (ready === null || startMs === null) return true;
  if (startMs + ctx.cpuInitializationPeriodMs > ctx.nowMs) {
    return ready.status === 'False' || metric.timestampMs < ready.transitionMs + metric.windowMs;
  }
  return ready.status === 'False' && startMs + ctx.initialReadinessDelayMs > ready.transitionMs;
}

/**
 * Sorts pods into ready, unready, without a metric, and ignored. Readiness only matters for cpu.
 * Upstream: replica_calculator.go groupPods.
 *
 * @param resource "cpu", "memory", …; "" for metrics of the custom metrics API
 */
export function groupPods(
  pods: readonly PodView[],
  metrics: PodMetrics,
  resource: string,
  ctx: CalcContext,
): PodGroups {
  let readyCount = 0;
  const unready: string[] = [];
  const missing: string[] = [];
  const ignored: string[] = [];
  for (const pod of pods) {
    if (pod.deleted || pod.phase === 'Failed') {
      ignored.push(pod.name);
      continue;
    }
    if (pod.phase === 'Pending') {
      unready.push(pod.name);
      continue;
    }
    const metric = metrics.get(pod.name);
    if (metric === undefined) missing.push(pod.name);
    else if (resource === 'cpu' && isCpuUnready(pod, metric, ctx)) unready.push(pod.name);
    else readyCount += 1;
  }
  return { readyCount, unready, missing, ignored };
}
