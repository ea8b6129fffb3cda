import { MAX_INT64, overflowedInt64, pow10, scaleDownInt64, scaleUpInt64 } from './int64.ts';
import type { Quantity } from './types.ts';

const MILLI = -3;

/** The quantity in whole units, int64, rounded up; what overflows is wrong in upstream's way (quantity.go:Value). */
export function value(quantity: Quantity): bigint {
  return scaledValue(quantity, 0);
}

/** The quantity in thousandths, int64, rounded up (quantity.go:MilliValue): `1e18` is 0, `8Ei` is -1000, silently. */
export function milliValue(quantity: Quantity): bigint {
  return scaledValue(quantity, MILLI);
}

function scaledValue(quantity: Quantity, scale: number): bigint {
  const { unscaled } = quantity;
  if (quantity.big) return scaledBig(unscaled, -quantity.scale, -scale);
  if (quantity.scale < scale) return scaleDownInt64(unscaled, scale - quantity.scale).value;
  const up = (quantity.scale - scale) | 0;
  return scaleUpInt64(unscaled, up) ?? overflowedInt64(unscaled, up);
}

/** scale_int.go:scaledValue, with its rounding towards +Inf of negative numbers and Go's cut to 64 bits. */
function scaledBig(unscaled: bigint, decimals: number, newDecimals: number): bigint {
  const dropped = decimals - newDecimals;
  const cut = BigInt.asIntN(64, unscaled);
  if (dropped <= 0) return BigInt.asIntN(64, cut * pow10(-dropped));
  const divisor = pow10(dropped);
  if (unscaled < MAX_INT64 && dropped < 19) {
    const result = cut / divisor;
    return cut % divisor === 0n ? result : result + 1n;
  }
  const rest = ((unscaled % divisor) + divisor) % divisor;
  const floor = BigInt.asIntN(64, (unscaled - rest) / divisor);
  return rest === 0n ? floor : BigInt.asIntN(64, floor + 1n);
}

const TABLE: readonly number[] = Array.from({ length: 32 }, (_, exponent) => Number(`1e${exponent}`));
const POSITIVE: readonly number[] = Array.from({ length: 10 }, (_, step) => Number(`1e${step * 32}`));
const NEGATIVE: readonly number[] = Array.from({ length: 11 }, (_, step) => Number(`1e-${step * 32}`));

/** Go's math.Pow10, by the same two tables and so with the same rounding. */
function goPow10(exponent: number): number {
  if (exponent > 308) return Number.POSITIVE_INFINITY;
  if (exponent < -323) return 0;
  const size = Math.abs(exponent);
  const coarse = (exponent < 0 ? NEGATIVE : POSITIVE)[size >> 5] ?? 0;
  const fine = TABLE[size & 31] ?? 1;
  return exponent < 0 ? coarse / fine : coarse * fine;
}

/** float64(mantissa) x 10^exponent, so `0.57` is 57 x 0.01 = 0.5700000000000001 (quantity.go:AsApproximateFloat64). */
export function approximateFloat64(quantity: Quantity): number {
  const base = Number(quantity.unscaled);
  return quantity.scale === 0 ? base : base * goPow10(quantity.scale);
}
