import { type Int64, int64 } from './go-numbers.ts';
import { plainMilli } from './quantity/milli.ts';
import { parseQuantity } from './quantity/parse.ts';
import { milliValue } from './quantity/values.ts';

/** MilliValue of a quantity's text, or upstream's error text when it is none (in `error`). */
export function readMilli(text: string): Int64 | { readonly error: string } {
  const plain = plainMilli(text);
  if (!Number.isNaN(plain)) return plain;
  const quantity = parseQuantity(text);
  return typeof quantity === 'string' ? { error: quantity } : int64(milliValue(quantity));
}

/** MilliValue of a quantity in an object that the API server has accepted, so that it is one; anything else counts as 0. */
export function milliOrZero(text: string): Int64 {
  const milli = readMilli(text);
  return typeof milli === 'object' ? 0 : milli;
}
