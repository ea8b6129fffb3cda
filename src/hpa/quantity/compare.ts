import { addInt64, fitsInt64, pow10, scaleUpInt64 } from './int64.ts';
import type { Quantity } from './types.ts';

/** Further apart than this the smaller one is left out of a sum; upstream would run out of memory. */
const MAX_SCALE_GAP = 5_000;

/** -1, 0 or 1 (quantity.go:Sign). */
export function sign(quantity: Quantity): -1 | 0 | 1 {
  if (quantity.unscaled === 0n) return 0;
  return quantity.unscaled > 0n ? 1 : -1;
}

/** -1, 0 or 1 as a is less than, equal to or greater than b, whatever their forms (quantity.go:Cmp). */
export function compare(a: Quantity, b: Quantity): -1 | 0 | 1 {
  const signA = sign(a);
  const signB = sign(b);
  if (signA !== signB) return signA < signB ? -1 : 1;
  if (signA === 0) return 0;
  // Powers of ten apart: no need for (and no danger from) the huge common scale that upstream would compute.
  const sizeA = magnitude(a);
  const sizeB = magnitude(b);
  if (sizeA !== sizeB) return sizeA > sizeB === signA > 0 ? 1 : -1;
  const [x, y] = align(a, b);
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

/** a + b (quantity.go:Add): the int64 form while it fits; b's format when a is zero. The text is always printed anew. */
export function add(a: Quantity, b: Quantity): Quantity {
  const format = a.unscaled === 0n ? b.format : a.format;
  if (!a.big && !b.big) {
    const sum = addSmall(a, b);
    if (sum !== undefined) return { ...sum, big: false, format, text: '' };
  }
  if (Math.abs(a.scale - b.scale) > MAX_SCALE_GAP)
    return { ...(magnitude(a) < magnitude(b) ? b : a), format, text: '' };
  const [x, y, scale] = align(a, b);
  return { unscaled: x + y, scale, big: true, format, text: '' };
}

/** -a (quantity.go:Neg); the smallest int64 stays itself. */
export function negate(a: Quantity): Quantity {
  const unscaled = a.big || fitsInt64(-a.unscaled) ? -a.unscaled : a.unscaled;
  return { ...a, unscaled, text: '' };
}

/** amount.go:int64Amount.Add. */
function addSmall(a: Quantity, b: Quantity): { unscaled: bigint; scale: number } | undefined {
  if (b.unscaled === 0n) return { unscaled: a.unscaled, scale: a.scale };
  if (a.unscaled === 0n) return { unscaled: b.unscaled, scale: b.scale };
  const scale = Math.min(a.scale, b.scale);
  const x = scaleUpInt64(a.unscaled, a.scale - scale);
  const y = scaleUpInt64(b.unscaled, b.scale - scale);
  const sum = x === undefined || y === undefined ? undefined : addInt64(x, y);
  return sum === undefined ? undefined : { unscaled: sum, scale };
}

function magnitude(quantity: Quantity): number {
  const digits = quantity.unscaled.toString().length - (quantity.unscaled < 0n ? 1 : 0);
  return digits + quantity.scale;
}

function align(a: Quantity, b: Quantity): [bigint, bigint, number] {
  const scale = Math.min(a.scale, b.scale);
  return [a.unscaled * pow10(a.scale - scale), b.unscaled * pow10(b.scale - scale), scale];
}
