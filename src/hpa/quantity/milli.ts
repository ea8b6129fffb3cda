import { parseQuantity } from './parse.ts';
import { quantityText } from './print.ts';
import { binarySuffix, decimalSuffix } from './suffix.ts';
import type { Quantity, QuantityFormat } from './types.ts';
import { milliValue } from './values.ts';

/** `milli` thousandths (int64) as a quantity (quantity.go:NewMilliQuantity). */
export function newMilliQuantity(milli: bigint, format: QuantityFormat): Quantity {
  return { unscaled: milli, scale: -3, big: false, format, text: '' };
}

/**
 * Text of NewMilliQuantity(milli, format). A number must be a safe integer and is the fast way: this is what each decision
 * prints.
 */
export function milliText(milli: number | bigint, format: QuantityFormat): string {
  if (typeof milli === 'bigint') return quantityText(newMilliQuantity(milli, format));
  if (milli === 0) return '0';
  if (milli % 1000 !== 0) return `${milli}${format === 'DecimalExponent' ? 'e-3' : 'm'}`;
  const units = milli / 1000;
  if (format === 'BinarySI' && (units >= 1024 || units <= -1024)) return withSuffix(units, 1024, binarySuffix);
  return withSuffix(units, 1000, (times) => decimalSuffix(times * 3, format));
}

function withSuffix(units: number, base: number, suffix: (times: number) => string): string {
  let rest = units;
  let times = 0;
  while (rest % base === 0) {
    rest /= base;
    times++;
  }
  return times === 0 ? String(rest) : `${rest}${suffix(times)}`;
}

/**
 * MilliValue of plain texts (`12`, `9500m`, `-3`) without making a quantity; NaN for every other text. The result is a safe
 * integer.
 */
export function plainMilli(text: string): number {
  const negative = text.charCodeAt(0) === 45;
  const from = negative ? 1 : 0;
  const milli = text.charCodeAt(text.length - 1) === 109;
  const end = milli ? text.length - 1 : text.length;
  if (end <= from || end - from > 12) return Number.NaN;
  let result = 0;
  for (let at = from; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    result = result * 10 + digit;
  }
  if (result === 0) return 0;
  const size = milli ? result : result * 1000;
  return negative ? -size : size;
}

/** MilliValue of a text: int64 thousandths, or upstream's error text when it is no quantity. */
export function milliOf(text: string): bigint | string {
  const plain = plainMilli(text);
  if (!Number.isNaN(plain)) return BigInt(plain);
  const quantity = parseQuantity(text);
  return typeof quantity === 'string' ? quantity : milliValue(quantity);
}

/** Short decimal texts that parsing keeps: no leading zero, no three zeros at the end. */
const PLAIN_CANONICAL = /^-?[1-9]\d{0,11}(?<!000)m?$/;

/** The text as the API prints it after reading it: canonical; what is no quantity stays as it is. */
export function canonicalQuantity(text: string): string {
  if (PLAIN_CANONICAL.test(text)) return text;
  const quantity = parseQuantity(text);
  return typeof quantity === 'string' ? text : quantityText(quantity);
}
