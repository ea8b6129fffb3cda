import { fixed1 } from '../go-format.ts';
import type { CalcContext } from './context.ts';

/** Allowed deviation of the ratio from 1, per direction. */
export interface Tolerances {
  readonly scaleDown: number;
  readonly scaleUp: number;
}

/**
 * Whether a ratio is near enough to 1 to change nothing. Up to 1.32 there is one tolerance (both directions hold it), and
 * |1 - 1.1| is above 0.1 in float64. NaN is never within.
 * Upstream: replica_calculator.go Tolerances.isWithin; before 1.33 `math.Abs(1.0-usageRatio) <= c.tolerance`.
 */
export function isWithin(tolerances: Tolerances, ratio: number, symmetric: boolean): boolean {
  if (symmetric) return Math.abs(1.0 - ratio) <= tolerances.scaleUp;
  return 1.0 - tolerances.scaleDown <= ratio && ratio <= 1.0 + tolerances.scaleUp;
}

function recorded(ctx: CalcContext, ratio: number, result: boolean): boolean {
  if (ctx.trace !== null) {
    const inputs = {
      metric: ctx.metric,
      ratio,
      low: 1 - ctx.tolerances.scaleDown,
      high: 1 + ctx.tolerances.scaleUp,
    };
    ctx.trace.push({ rule: 'tolerance', upstream: 'Tolerances.isWithin', inputs, result });
  }
  return result;
}

/** {@link isWithin} of the cycle's tolerances, with a step in the record. */
export function withinTolerance(ctx: CalcContext, ratio: number): boolean {
  return recorded(ctx, ratio, isWithin(ctx.tolerances, ratio, ctx.rules.symmetricTolerance));
}

/**
 * The same question as the per-pod functions put it: up to 1.32 they asked `math.Abs(1.0-usageRatio) > c.tolerance`, so that
 * there NaN counts as within.
 */
export function withinTolerancePerPod(ctx: CalcContext, ratio: number): boolean {
  if (!ctx.rules.symmetricTolerance) return withinTolerance(ctx, ratio);
  return recorded(ctx, ratio, !(Math.abs(1.0 - ratio) > ctx.tolerances.scaleUp));
}

/** The controller's log form: "[down:10.0%, up:10.0%]". Upstream: replica_calculator.go Tolerances.String. */
export function tolerancesText(tolerances: Tolerances): string {
  return `[down:${fixed1(tolerances.scaleDown * 100)}%, up:${fixed1(tolerances.scaleUp * 100)}%]`;
}
