import { MAX_INT64, multiplyInt64, pow10 } from './int64.ts';
import { type QuantityParts, scanQuantity } from './scan.ts';
import { interpretSuffix, type SuffixMeaning } from './suffix.ts';
import type { Quantity } from './types.ts';

export const FORMAT_WRONG =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
export const NUMERIC_WRONG = 'unable to parse numeric part of quantity';
export const SUFFIX_WRONG = "unable to parse quantity's suffix";
/** Ours: upstream starts to compute 10^exponent and does not come back (or runs out of memory). */
export const EXPONENT_TOO_BIG = 'exponent of quantity is out of range';

/** Decimal digits that upstream keeps in an int64 (math.go:maxInt64Factors). */
const INT64_DIGITS = 18;
const NANO = -9;
/** Beyond this the decimal form would need numbers of megabytes. */
const MAX_BIG_EXPONENT = 5_000;

/**
 * A text as a quantity, or upstream's error text (quantity.go:ParseQuantity). No blanks are removed here; JSON decoding
 * does that before.
 */
export function parseQuantity(text: string): Quantity | string {
  if (text === '0') return { unscaled: 0n, scale: 0, big: false, format: 'DecimalSI', text };
  const parts = text === '' ? undefined : scanQuantity(text);
  if (parts === undefined) return FORMAT_WRONG;
  const meaning = interpretSuffix(parts.suffix);
  if (meaning === undefined) return SUFFIX_WRONG;
  return parseInt64(text, parts, meaning) ?? parseBig(parts, meaning);
}

/** The int64 form when the number surely fits. */
function parseInt64(text: string, parts: QuantityParts, meaning: SuffixMeaning): Quantity | undefined {
  const { num, denom, positive } = parts;
  const { exponent, format } = meaning;
  const digits = num.length + denom.length;
  const binary = format === 'BinarySI';
  // 2^10 has about 3 decimal digits: upstream leaves that much room.
  const room = binary ? 15 - num.length - Math.trunc((exponent * 3) / 10) - 1 : INT64_DIGITS - digits;
  if (room < 0 || (binary && denom !== '')) return undefined;
  const scale = binary ? 0 : (exponent - denom.length) | 0;
  if (scale < NANO) return undefined;
  const shifted = num + denom;
  const mantissa = BigInt(shifted);
  const size = multiplyInt64(mantissa, binary ? 1n << BigInt(exponent) : 1n);
  if (size === undefined) return undefined;
  const canonical = binary ? (mantissa & 7n) !== 0n : scale % 3 === 0 && !shifted.endsWith('000') && shifted[0] !== '0';
  return { unscaled: positive ? size : -size, scale, big: false, format, text: canonical ? text : '' };
}

/** The inf.Dec form: rounded away from zero to whole nanos; binary ones capped at the largest int64. */
function parseBig(parts: QuantityParts, meaning: SuffixMeaning): Quantity | string {
  const digits = parts.value.replace(/[+.-]/g, '');
  if (digits === '') return NUMERIC_WRONG;
  const written = BigInt(digits);
  const size = meaning.base === 2 ? written << BigInt(meaning.exponent) : written;
  // A decimal scale counts digits after the point, int32 as in Go; ours is a power of ten, hence the signs.
  const decimals = (parts.denom.length - (meaning.base === 10 ? meaning.exponent : 0)) | 0;
  const sign = parts.positive ? 1n : -1n;
  if (size === 0n) return { unscaled: 0n, scale: 0 - decimals, big: true, format: meaning.format, text: '' };
  const nanos = toNanos(size, decimals);
  if (nanos === undefined) return EXPONENT_TOO_BIG;
  if (meaning.format === 'BinarySI') return capBinary(nanos, sign);
  return { unscaled: sign * nanos, scale: NANO, big: true, format: meaning.format, text: '' };
}

/** size / 10^decimals in units of 10^-9, rounded up. */
function toNanos(size: bigint, decimals: number): bigint | undefined {
  const shift = (9 - decimals) | 0;
  if (shift >= 0) return shift > MAX_BIG_EXPONENT ? undefined : size * pow10(shift);
  if (-shift > size.toString().length) return 1n;
  const divisor = pow10(-shift);
  return (size + divisor - 1n) / divisor;
}

function capBinary(nanos: bigint, sign: bigint): Quantity {
  const capped = nanos > MAX_INT64 * 1_000_000_000n;
  const unscaled = sign * (capped ? MAX_INT64 : nanos);
  const format = !capped && nanos < 1_000_000_000n ? 'DecimalSI' : 'BinarySI';
  return { unscaled, scale: capped ? 0 : NANO, big: true, format, text: '' };
}
