import type { HpaBehavior, HpaSpec, MetricStatus } from '../api/types.ts';
import { newNormalized } from '../behavior/normalize.ts';
import { ABLE_MESSAGES, LIMIT_MESSAGES } from '../behavior/reasons.ts';
import { type Behavior, NO_RULES } from '../behavior/scaling-rules.ts';
import { settle } from '../core.ts';
import { checkRange } from '../range.ts';
import { computeReplicasForMetrics } from './compute-metrics.ts';
import { Cycle } from './cycle.ts';
import { readScale, type Scale } from './scale-target.ts';
import type { ReconcileInput } from './types.ts';

/**
 * A cycle up to the point where it writes. `ended` = it stops here with that error (an event comes after the status is written);
 * `rescale` = the scale is to be updated to `desired`.
 */
export type Plan = { readonly cycle: Cycle } & (
  | { readonly kind: 'panic'; readonly text: string }
  | { readonly kind: 'ended'; readonly error: string; readonly lateEvent: string | null }
  | {
      readonly kind: 'settled';
      readonly current: number;
      readonly desired: number;
      readonly rescale: boolean;
      readonly reason: string;
      readonly metrics: readonly MetricStatus[] | null;
      /** Of metrics that failed without stopping the cycle. */
      readonly error: string | null;
    }
);

/** `spec.behavior` after defaulting, as the rules read it. */
export function behaviorOf(behavior: HpaBehavior | undefined): Behavior | null {
  if (behavior === undefined) return null;
  return { scaleUp: behavior.scaleUp ?? NO_RULES, scaleDown: behavior.scaleDown ?? NO_RULES };
}

/** Upstream: horizontal.go hasObjectOrExternalMetrics. */
export function hasObjectOrExternalMetrics(spec: HpaSpec): boolean {
  return (spec.metrics ?? []).some(({ type }) => type === 'Object' || type === 'External');
}

const ABOVE_MAX = 'Current number of replicas above Spec.MaxReplicas';
const BELOW_MIN = 'Current number of replicas below Spec.MinReplicas';

/** Why the count changes, as events say it. Decided before the count is bounded. */
function rescaleReason(desired: number, current: number, name: string): string {
  if (desired > current) return `${name} above target`;
  return desired < current ? 'All metrics below target' : '';
}

/** The branch that computes metrics. Upstream: horizontal.go reconcileAutoscaler. */
function planByMetrics(cycle: Cycle, scale: Scale, min: number, scaledToZero: boolean): Plan {
  const current = scale.specReplicas;
  const { hpa, flags, nowMs } = cycle.input;
  const computed = computeReplicasForMetrics(cycle, scale);
  if (computed.kind === 'panic') return { cycle, ...computed };
  if (computed.kind === 'failed') {
    const frozen = cycle.rules.frozenMetricsOnFailure;
    const metrics = frozen ? (hpa.status.currentMetrics ?? null) : computed.statuses;
    cycle.setStatus(current, hpa.status.desiredReplicas, metrics, hpa.status.lastScaleTime);
    const what = 'failed to compute desired number of replicas based on listed metrics for';
    const error = `${what} ${cycle.reference}: ${computed.error}`;
    return { cycle, kind: 'ended', error, lateEvent: computed.error };
  }
  const asked = Math.max(0, computed.replicas);
  let reason = rescaleReason(asked, current, computed.replicas > 0 ? computed.name : '');
  const normalized = newNormalized();
  const desired = settle(
    {
      current,
      desired: asked,
      min,
      max: hpa.spec.maxReplicas,
      nowMs,
      downscaleStabilizationMs: flags.downscaleStabilizationMs,
      saturating: cycle.rules.saturating,
    },
    cycle.memory,
    behaviorOf(hpa.spec.behavior),
    scaledToZero,
    normalized,
    cycle.trace,
  );
  const { able, limit, replicas, stabilized } = normalized;
  cycle.conditions.set('AbleToScale', 'True', able, ABLE_MESSAGES[able]);
  cycle.conditions.set('ScalingLimited', replicas === stabilized ? 'False' : 'True', limit, LIMIT_MESSAGES[limit]);
  if (desired !== replicas && reason === '') reason = BELOW_MIN;
  const rescale = desired !== current;
  const { statuses: metrics, error } = computed;
  return { cycle, kind: 'settled', current, desired, rescale, reason, metrics, error };
}

/** A cycle up to where it writes. Upstream: horizontal.go reconcileAutoscaler, up to the scale update. */
export function planReconcile(input: ReconcileInput): Plan {
  const cycle = new Cycle(input);
  const scale = readScale(cycle);
  if ('error' in scale) return { cycle, kind: 'ended', error: scale.error, lateEvent: null };
  const { spec } = input.hpa;
  const current = scale.specReplicas;
  // horizontal.go recordInitialRecommendation
  cycle.memory.recommendations ??= [{ recommendation: current, atMs: input.nowMs }];
  const min = spec.minReplicas ?? 1;
  const scaledToZero = cycle.rules.scaleToZero && cycle.conditions.isTrue('ScaledToZero');
  const objectOrExternal = hasObjectOrExternalMetrics(spec);
  const range = checkRange(current, min, spec.maxReplicas, scaledToZero, objectOrExternal, cycle.rules, cycle.trace);
  const clamped = { cycle, kind: 'settled', current, metrics: null, error: null } as const;
  switch (range) {
    case 'compute':
      return planByMetrics(cycle, scale, min, scaledToZero);
    case 'above-max':
      return { ...clamped, desired: spec.maxReplicas, rescale: true, reason: ABOVE_MAX };
    case 'below-min':
      return { ...clamped, desired: min, rescale: true, reason: BELOW_MIN };
    default: {
      const message = 'scaling is disabled since the replica count of the target is zero';
      cycle.conditions.set('ScalingActive', 'False', 'ScalingDisabled', message);
      if (cycle.rules.zeroNeedsCondition && !cycle.rules.scaleToZero) cycle.conditions.remove('ScaledToZero');
      return { ...clamped, desired: 0, rescale: false, reason: '' };
    }
  }
}
