import { type Normalized, type NormalizeInput, normalizeDesiredReplicas } from './behavior/normalize.ts';
import type { Behavior } from './behavior/scaling-rules.ts';
import type { HpaMemory } from './memory.ts';
import type { Trace } from './record.ts';

/**
 * The largest proposal, one at a time: a higher one replaces what is there, and anything replaces 0. The first of equals wins.
 * Upstream: horizontal.go computeReplicasForMetrics.
 */
export function takesOver(replicas: number, proposal: number): boolean {
  return replicas === 0 || proposal > replicas;
}

/**
 * Whether failed metrics stop the cycle: all failed, or some failed and the others would scale down.
 * Upstream: horizontal.go computeReplicasForMetrics.
 */
export function failuresBlock(failed: number, total: number, replicas: number, specReplicas: number): boolean {
  return failed >= total || (failed > 0 && replicas < specReplicas);
}

/**
 * Whether condition ScaledToZero is True after a rescale (1.36 on, gate HPAScaleToZero): the controller itself went to zero.
 * Upstream: horizontal.go reconcileAutoscaler.
 */
export function isScaledToZero(current: number, desired: number, min: number, objectOrExternal: boolean): boolean {
  return current > 0 && desired === 0 && min === 0 && objectOrExternal;
}

/**
 * What the metrics ask for, made into the new replica count: never negative, stabilized, bounded, and at least min on the way
 * from zero. Upstream: horizontal.go reconcileAutoscaler, behind computeReplicasForMetrics.
 *
 * @param input its `desired` is what the metrics ask for
 * @param memory its recommendations are changed in place
 * @param scaledToZero condition ScaledToZero is True and the controller's gate HPAScaleToZero is on
 * @returns the new replica count; `out` has the conditions' reasons
 */
export function settle(
  input: NormalizeInput,
  memory: HpaMemory,
  behavior: Behavior | null,
  scaledToZero: boolean,
  out: Normalized,
  trace: Trace,
): number {
  const { current, min } = input;
  if (input.desired < 0) input.desired = 0;
  normalizeDesiredReplicas(input, memory, behavior, out, trace);
  const desired = out.replicas;
  if (current !== 0 || min === 0 || !scaledToZero || desired >= min) return desired;
  trace?.push({ rule: 'raise-to-min', upstream: 'reconcileAutoscaler', inputs: { desired, min }, result: min });
  return min;
}
