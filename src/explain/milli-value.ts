import { parseQuantity } from '../hpa/index.ts';

const MAX_INT64 = 2n ** 63n - 1n;

/** A quantity in thousandths, without any wrapping; rounded away from zero. null for what is no quantity. */
export function milliValueOf(text: string): bigint | null {
  const quantity = parseQuantity(text);
  if (typeof quantity === 'string') return null;
  const shift = quantity.scale + 3;
  if (shift >= 0) return quantity.unscaled * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  const size = quantity.unscaled < 0n ? -quantity.unscaled : quantity.unscaled;
  const up = (size + divisor - 1n) / divisor;
  return quantity.unscaled < 0n ? -up : up;
}

/** Whether the value in thousandths leaves int64, so that the controller reads something else. */
export function leavesInt64(text: string): boolean {
  const milli = milliValueOf(text);
  return milli !== null && (milli > MAX_INT64 || milli < -MAX_INT64 - 1n);
}
