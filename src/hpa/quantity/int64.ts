// Scaling of Go's int64 as k8s.io/apimachinery/pkg/api/resource/math.go does it. `undefined` = it would overflow.

export const MAX_INT64: bigint = 2n ** 63n - 1n;
export const MIN_INT64: bigint = -(2n ** 63n);

/** 10n ** 0n .. 10n ** 40n; larger powers are computed. */
const POWERS: readonly bigint[] = Array.from({ length: 41 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10 to the `exponent` >= 0. */
export function pow10(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

export function fitsInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value <= MAX_INT64;
}

/** math.go:int64Add. */
export function addInt64(a: bigint, b: bigint): bigint | undefined {
  const sum = a + b;
  return fitsInt64(sum) ? sum : undefined;
}

/** math.go:int64Multiply: the smallest int64 times anything but 0 and 1 counts as overflow. */
export function multiplyInt64(a: bigint, b: bigint): bigint | undefined {
  if (a === 0n || b === 0n || a === 1n || b === 1n) return a * b;
  if (a === MIN_INT64 || b === MIN_INT64) return undefined;
  const product = a * b;
  return fitsInt64(product) ? product : undefined;
}

/** math.go:positiveScaleInt64, base x 10^scale. A scale that wrapped to a negative int32 changes nothing, as in Go's loop. */
export function scaleUpInt64(base: bigint, scale: number): bigint | undefined {
  if (scale <= 0 || base === 0n) return base;
  const product = scale > 18 ? undefined : base * pow10(scale);
  return base === MIN_INT64 || product === undefined || !fitsInt64(product) ? undefined : product;
}

/** Scales that Go multiplies by in one step (math.go:positiveScaleInt64): then an overflow leaves the wrapped product. */
const ONE_STEP: ReadonlySet<number> = new Set([1, 2, 3, 6, 9]);

/** What positiveScaleInt64 leaves of an overflow, for callers that do not look whether there was one. */
export function overflowedInt64(base: bigint, scale: number): bigint {
  return base === MIN_INT64 || !ONE_STEP.has(scale) ? 0n : BigInt.asIntN(64, base * pow10(scale));
}

/** math.go:negativeScaleInt64, base / 10^scale rounded away from zero. */
export function scaleDownInt64(base: bigint, scale: number): { readonly value: bigint; readonly exact: boolean } {
  if (scale <= 0) return { value: base, exact: true };
  const divisor = pow10(Math.min(scale, 20));
  const value = base / divisor;
  if (value * divisor === base) return { value, exact: true };
  return { value: base > 0n ? value + 1n : value - 1n, exact: false };
}

/** `value` without its factors of `base`, and how many there were (math.go:removeInt64Factors, removeBigIntFactors). */
export function removeFactors(value: bigint, base: bigint): { readonly rest: bigint; readonly times: number } {
  let rest = value;
  let times = 0;
  while (rest !== 0n && rest % base === 0n) {
    rest /= base;
    times++;
  }
  return { rest, times };
}
