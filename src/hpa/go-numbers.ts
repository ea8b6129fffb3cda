/**
 * Go's integers in JavaScript: int32 as a number that wraps, int64 as a number while it is safe and as a bigint beyond.
 *
 * `Int64` is normalised: a value within ±(2^53 - 1) is always a `number`, any other is always a `bigint`. So `===` compares
 * two of them, and the usual case never leaves the machine's own numbers.
 */
export type Int64 = number | bigint;

export const MAX_INT32 = 2147483647;
export const MIN_INT32 = -2147483648;
export const MAX_INT64: bigint = 9223372036854775807n;
export const MIN_INT64: bigint = -9223372036854775808n;

const TWO_63 = 9223372036854775808;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;

const isSafe = (value: number): boolean => value <= MAX_SAFE && value >= -MAX_SAFE;

/** A bigint as int64: wrapped to 64 bits, and a number when it is safe as one. */
export function int64(value: bigint): Int64 {
  const wrapped = BigInt.asIntN(64, value);
  const plain = Number(wrapped);
  return isSafe(plain) ? plain : wrapped;
}

/** An int64 written in decimal ("-9223372036854775808"). */
export function parseInt64(text: string): Int64 {
  return int64(BigInt(text));
}

/** Go's float64(v) of an int64: nearest, ties to even, as `Number` of a bigint is. */
export function toFloat64(value: Int64): number {
  return typeof value === 'number' ? value : Number(value);
}

/** a + b in int64, wrapping. */
export function add64(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (isSafe(sum)) return sum;
  }
  return int64(BigInt(a) + BigInt(b));
}

/** a * b in int64, wrapping. */
export function mul64(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // + 0 turns -0, which Go's integers do not have, into 0.
    if (isSafe(product)) return product + 0;
  }
  return int64(BigInt(a) * BigInt(b));
}

/** a / b in int64, truncated toward zero. `b` is not 0 (Go would panic). The smallest int64 divided by -1 wraps to itself. */
export function div64(a: Int64, b: Int64): Int64 {
  // Exact: of two safe integers the rounded quotient never crosses an integer that the true one does not reach.
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b) + 0;
  return int64(BigInt(a) / BigInt(b));
}

/** Go's int32(v) of an int64: the low 32 bits. */
export function int64ToInt32(value: Int64): number {
  return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value));
}

/**
 * Go's int32(f) of a float64. Out of range and NaN are left open by the language: amd64 (CVTTSD2SL) gives the smallest int32,
 * arm64 (FCVTZS) saturates and turns NaN into 0 (`saturating`).
 */
export function floatToInt32(value: number, saturating: boolean): number {
  if (value > -2147483649 && value < 2147483648) return value | 0;
  if (!saturating) return MIN_INT32;
  if (value >= 2147483648) return MAX_INT32;
  return value <= -2147483649 ? MIN_INT32 : 0;
}

/** Go's int64(f) of a float64, on amd64 or (`saturating`) arm64; see {@link floatToInt32}. */
export function floatToInt64(value: number, saturating: boolean): Int64 {
  if (isSafe(value)) return Math.trunc(value) + 0;
  if (value >= -TWO_63 && value < TWO_63) return int64(BigInt(Math.trunc(value)));
  if (!saturating) return MIN_INT64;
  if (value >= TWO_63) return MAX_INT64;
  return value < -TWO_63 ? MIN_INT64 : 0;
}
