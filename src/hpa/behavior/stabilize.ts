import type { Recommendation } from '../memory.ts';
import type { Trace } from '../record.ts';
import type { AbleReason } from './reasons.ts';

/** Result of a stabilization. The caller owns it, so that a decision allocates nothing. */
export interface Stabilized {
  replicas: number;
  reason: AbleReason;
}

function store(list: Recommendation[], slot: number, recommendation: number, atMs: number): void {
  const old = slot < 0 ? undefined : list[slot];
  if (old === undefined) {
    list.push({ recommendation, atMs });
    return;
  }
  old.recommendation = recommendation;
  old.atMs = atMs;
}

/**
 * Without `behavior`: the highest recommendation of the window, the own one included. A recommendation exactly at the window's
 * start counts. The unstabilized value replaces the last one that is too old.
 * Upstream: horizontal.go stabilizeRecommendation.
 *
 * @param list changed in place
 * @param windowMs controller flag --horizontal-pod-autoscaler-downscale-stabilization
 */
export function stabilizeRecommendation(
  list: Recommendation[],
  desired: number,
  current: number,
  windowMs: number,
  nowMs: number,
  out: Stabilized,
  trace: Trace,
): void {
  const cutoff = nowMs - windowMs;
  let highest = desired;
  let slot = -1;
  for (let i = 0; i < list.length; i += 1) {
    const rec = list[i] as Recommendation;
    if (rec.atMs < cutoff) slot = i;
    else if (rec.recommendation > highest) highest = rec.recommendation;
  }
  store(list, slot, desired, nowMs);
  out.replicas = highest;
  out.reason = highest === desired ? 'ReadyForNewScale' : 'ScaleDownStabilized';
  trace?.push({
    rule: 'stabilize',
    upstream: 'stabilizeRecommendation',
    inputs: {
      desired,
      current,
      upSeconds: 0,
      downSeconds: windowMs / 1000,
      lowest: desired,
      highest,
      reason: out.reason,
    },
    result: highest,
  });
}

/** How a stabilized value is worded: by the direction of the raw one. Upstream: stabilizeRecommendationWithBehaviors. */
export function changedReason(desired: number, current: number): AbleReason {
  return desired >= current ? 'ScaleUpStabilized' : 'ScaleDownStabilized';
}

/**
 * With `behavior`: the current count is moved into [lowest of the scale-up window, highest of the scale-down window], both with
 * the own recommendation. A recommendation exactly at a window's start does not count.
 * Upstream: horizontal.go stabilizeRecommendationWithBehaviors.
 *
 * @param list changed in place
 */
export function stabilizeRecommendationWithBehaviors(
  list: Recommendation[],
  desired: number,
  current: number,
  upSeconds: number,
  downSeconds: number,
  nowMs: number,
  out: Stabilized,
  trace: Trace,
): void {
  const upCutoff = nowMs - upSeconds * 1000;
  const downCutoff = nowMs - downSeconds * 1000;
  let lowest = desired;
  let highest = desired;
  let slot = -1;
  for (let i = 0; i < list.length; i += 1) {
    const rec = list[i] as Recommendation;
    if (rec.atMs > upCutoff && rec.recommendation < lowest) lowest = rec.recommendation;
    if (rec.atMs > downCutoff && rec.recommendation > highest) highest = rec.recommendation;
    if (rec.atMs < upCutoff && rec.atMs < downCutoff) slot = i;
  }
  let result = current;
  if (result < lowest) result = lowest;
  if (result > highest) result = highest;
  store(list, slot, desired, nowMs);
  out.replicas = result;
  out.reason = result === desired ? 'ReadyForNewScale' : changedReason(desired, current);
  trace?.push({
    rule: 'stabilize',
    upstream: 'stabilizeRecommendationWithBehaviors',
    inputs: { desired, current, upSeconds, downSeconds, lowest, highest, reason: out.reason },
    result,
  });
}
