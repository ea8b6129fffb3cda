import { MIN_INT64, pow10, removeFactors, scaleDownInt64 } from './int64.ts';
import { binarySuffix, decimalSuffix } from './suffix.ts';
import type { Quantity, QuantityFormat } from './types.ts';

/** The quantity's text: the kept one, else the canonical form (quantity.go:String). */
export function quantityText(quantity: Quantity): string {
  return quantity.text === '' ? canonicalText(quantity) : quantity.text;
}

/** quantity.go:CanonicalizeBytes. Binary ones that are below 1024 or not whole print as decimal ones. */
function canonicalText(quantity: Quantity): string {
  if (quantity.unscaled === 0n) return '0';
  if (quantity.format !== 'BinarySI') return decimalText(quantity, quantity.format);
  const { value, exact } = wholeUnits(quantity);
  if (!exact || (value > -1024n && value < 1024n)) return decimalText(quantity, 'DecimalSI');
  // The int64 code negates before it divides, which the smallest int64 does not survive: it keeps its factors.
  if (!quantity.big && value === MIN_INT64) return value.toString();
  const { rest, times } = removeFactors(value, 1024n);
  return `${rest}${binarySuffix(times)}`;
}

function wholeUnits(quantity: Quantity): { value: bigint; exact: boolean } {
  if (quantity.scale >= 0) return { value: quantity.unscaled * pow10(quantity.scale), exact: true };
  if (!quantity.big) return scaleDownInt64(quantity.unscaled, -quantity.scale);
  const divisor = pow10(-quantity.scale);
  return { value: quantity.unscaled / divisor, exact: quantity.unscaled % divisor === 0n };
}

/** The mantissa with an exponent that is a multiple of 3 (amount.go:AsCanonicalBytes). */
function decimalText(quantity: Quantity, format: QuantityFormat): string {
  const { rest, times } = removeFactors(quantity.unscaled, 10n);
  const exponent = quantity.scale + times;
  const surplus = ((exponent % 3) + 3) % 3;
  return `${rest * pow10(surplus)}${decimalSuffix(exponent - surplus, format)}`;
}
