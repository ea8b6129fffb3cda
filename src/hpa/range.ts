import type { Trace } from './record.ts';
import type { Rules } from './rules.ts';

/** What the current replica count allows before any metric is read. */
export type Range = 'compute' | 'disabled' | 'above-max' | 'below-min';

/**
 * Whether metrics are computed at zero replicas (else scaling is disabled: somebody else scaled to zero).
 * Upstream: horizontal.go shouldComputeMetricsForZeroReplicas (1.36 on).
 */
export function shouldComputeMetricsForZeroReplicas(
  min: number,
  scaledToZeroCondition: boolean,
  canScaleFromZero: boolean,
): boolean {
  return (min !== 0 && scaledToZeroCondition) || canScaleFromZero;
}

function rangeOf(
  current: number,
  min: number,
  max: number,
  scaledToZero: boolean,
  objectOrExternal: boolean,
  rules: Rules,
): Range {
  if (current === 0) {
    const compute = rules.zeroNeedsCondition
      ? shouldComputeMetricsForZeroReplicas(min, scaledToZero, scaledToZero && objectOrExternal)
      : min === 0;
    // Up to 1.35 a count of zero with min 0 falls through to the next checks, of which none can hold (max is at least 1).
    return compute ? 'compute' : 'disabled';
  }
  if (current > max) return 'above-max';
  return current < min ? 'below-min' : 'compute';
}

/**
 * The first decision of a cycle. Upstream: horizontal.go reconcileAutoscaler.
 *
 * @param scaledToZero condition ScaledToZero is True and the controller's gate HPAScaleToZero is on
 * @param objectOrExternal the HPA has an Object or External metric
 */
export function checkRange(
  current: number,
  min: number,
  max: number,
  scaledToZero: boolean,
  objectOrExternal: boolean,
  rules: Rules,
  trace: Trace,
): Range {
  const result = rangeOf(current, min, max, scaledToZero, objectOrExternal, rules);
  trace?.push({ rule: 'range', upstream: 'reconcileAutoscaler', inputs: { current, min, max, scaledToZero }, result });
  return result;
}
