import type { HpaMemory } from '../memory.ts';
import type { Trace } from '../record.ts';
import {
  calculateScaleDownLimitWithBehaviors,
  calculateScaleUpLimit,
  calculateScaleUpLimitWithScalingRules,
} from './limits.ts';
import type { AbleReason, LimitReason } from './reasons.ts';
import type { Behavior } from './scaling-rules.ts';
import { stabilizeRecommendation, stabilizeRecommendationWithBehaviors } from './stabilize.ts';

/** What a normalization works on. The caller may keep and refill one. */
export interface NormalizeInput {
  current: number;
  desired: number;
  min: number;
  max: number;
  nowMs: number;
  /** Controller flag --horizontal-pod-autoscaler-downscale-stabilization. */
  downscaleStabilizationMs: number;
  /** float → int conversions saturate (arm64). */
  saturating: boolean;
}

/** Result of a normalization. The caller owns it, so that a decision allocates nothing. */
export interface Normalized {
  replicas: number;
  /** Before the bounds: what stabilization left. */
  stabilized: number;
  able: AbleReason;
  limit: LimitReason;
}

export function newNormalized(): Normalized {
  return { replicas: 0, stabilized: 0, able: 'ReadyForNewScale', limit: 'DesiredWithinRange' };
}

/** Filled by one call and read before the next; never visible outside of this file. */
const stabilized: { replicas: number; reason: AbleReason } = { replicas: 0, reason: 'ReadyForNewScale' };

function limited(out: Normalized, replicas: number, reason: LimitReason): void {
  out.replicas = replicas;
  out.limit = reason;
}

/**
 * Bounds without behavior: min, and the smaller of max and twice the current count.
 * Upstream: horizontal.go convertDesiredReplicasWithRules.
 */
export function convertDesiredReplicasWithRules(
  current: number,
  desired: number,
  min: number,
  max: number,
  saturating: boolean,
  out: Normalized,
  trace: Trace,
): void {
  const rate = calculateScaleUpLimit(current, saturating);
  const allowed = max > rate ? rate : max;
  if (desired < min) limited(out, min, 'TooFewReplicas');
  else if (desired > allowed) limited(out, allowed, max > rate ? 'ScaleUpLimit' : 'TooManyReplicas');
  else limited(out, desired, 'DesiredWithinRange');
  if (trace === null) return;
  const upstream = 'convertDesiredReplicasWithRules';
  trace.push({
    rule: 'rate',
    upstream: 'calculateScaleUpLimit',
    inputs: { direction: 'up', current, select: 'twice, at least 4' },
    result: rate,
  });
  trace.push({
    rule: 'bounds',
    upstream,
    inputs: { desired, min, max, rate, reason: out.limit },
    result: out.replicas,
  });
}

/** Upstream: horizontal.go convertDesiredReplicasWithBehaviorRate, the way up. */
function boundUp(
  input: NormalizeInput,
  desired: number,
  memory: HpaMemory,
  rules: Behavior,
  out: Normalized,
  trace: Trace,
) {
  const { scaleUpEvents, scaleDownEvents } = memory;
  const { current, max, nowMs, saturating } = input;
  let rate = calculateScaleUpLimitWithScalingRules(
    current,
    scaleUpEvents,
    scaleDownEvents,
    rules.scaleUp,
    nowMs,
    saturating,
    trace,
  );
  if (rate < current) rate = current;
  const allowed = max > rate ? rate : max;
  if (desired > allowed) limited(out, allowed, max > rate ? 'ScaleUpLimit' : 'TooManyReplicas');
  else limited(out, desired, 'DesiredWithinRange');
  return rate;
}

/** Upstream: horizontal.go convertDesiredReplicasWithBehaviorRate, the way down. */
function boundDown(
  input: NormalizeInput,
  desired: number,
  memory: HpaMemory,
  rules: Behavior,
  out: Normalized,
  trace: Trace,
) {
  const { scaleUpEvents, scaleDownEvents } = memory;
  const { current, min, nowMs, saturating } = input;
  let rate = calculateScaleDownLimitWithBehaviors(
    current,
    scaleUpEvents,
    scaleDownEvents,
    rules.scaleDown,
    nowMs,
    saturating,
    trace,
  );
  if (rate > current) rate = current;
  const allowed = min < rate ? rate : min;
  if (desired < allowed) limited(out, allowed, min < rate ? 'ScaleDownLimit' : 'TooFewReplicas');
  else limited(out, desired, 'DesiredWithinRange');
  return rate;
}

/**
 * Bounds with behavior: on the way up the policies and max, on the way down the policies and min; an unchanged count is not
 * bounded at all. Upstream: horizontal.go convertDesiredReplicasWithBehaviorRate.
 */
export function convertDesiredReplicasWithBehaviorRate(
  input: NormalizeInput,
  desired: number,
  memory: HpaMemory,
  behavior: Behavior,
  out: Normalized,
  trace: Trace,
): void {
  let rate: number | null = null;
  if (desired > input.current) rate = boundUp(input, desired, memory, behavior, out, trace);
  else if (desired < input.current) rate = boundDown(input, desired, memory, behavior, out, trace);
  else limited(out, desired, 'DesiredWithinRange');
  if (trace === null) return;
  const inputs = { desired, min: input.min, max: input.max, rate, reason: out.limit };
  const upstream = 'convertDesiredReplicasWithBehaviorRate';
  trace.push({ rule: 'bounds', upstream, inputs, result: out.replicas });
}

/**
 * A raw recommendation made into a replica count: stabilized by what was recommended before, then bounded.
 * Upstream: horizontal.go normalizeDesiredReplicas (no behavior), normalizeDesiredReplicasWithBehaviors.
 *
 * @param memory its recommendations are changed in place
 */
export function normalizeDesiredReplicas(
  input: NormalizeInput,
  memory: HpaMemory,
  behavior: Behavior | null,
  out: Normalized,
  trace: Trace,
): void {
  const { current, desired, nowMs, downscaleStabilizationMs } = input;
  memory.recommendations ??= [];
  const list = memory.recommendations;
  if (behavior === null) {
    stabilizeRecommendation(list, desired, current, downscaleStabilizationMs, nowMs, stabilized, trace);
  } else {
    // maybeInitScaleDownStabilizationWindow: the window that defaulting leaves open is the controller's flag, in whole seconds.
    const down = behavior.scaleDown.stabilizationWindowSeconds ?? Math.trunc(downscaleStabilizationMs / 1000);
    const up = behavior.scaleUp.stabilizationWindowSeconds ?? 0;
    stabilizeRecommendationWithBehaviors(list, desired, current, up, down, nowMs, stabilized, trace);
  }
  out.stabilized = stabilized.replicas;
  out.able = stabilized.reason;
  if (behavior === null) {
    const { min, max, saturating } = input;
    convertDesiredReplicasWithRules(current, stabilized.replicas, min, max, saturating, out, trace);
  } else {
    convertDesiredReplicasWithBehaviorRate(input, stabilized.replicas, memory, behavior, out, trace);
  }
}
