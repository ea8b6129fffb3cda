import { compare } from '../hpa/quantity/compare.ts';
import { parseQuantity } from '../hpa/quantity/parse.ts';
import { quantityText } from '../hpa/quantity/print.ts';
import { quantitySum } from '../hpa/quantity/sum.ts';
import { approximateFloat64 } from '../hpa/quantity/values.ts';

/** Upstream takes `m`, `-` and `.` for 0; here a number has digits. */
const HAS_NUMBER = /^[+-]?(\d|\.\d)/;

/** Whether a quantity is more than another one; false when one of them is none. */
export function isAbove(text: string, limit: string): boolean {
  const [a, b] = [parseQuantity(text), parseQuantity(limit)];
  return typeof a !== 'string' && typeof b !== 'string' && compare(a, b) > 0;
}

/** A quantity as the API prints it after reading it (`0.0001` → `100u`), or why the text is none, in upstream's words. */
export function readQuantity(text: string): { readonly quantity: string } | { readonly problem: string } {
  const parsed = parseQuantity(text);
  if (typeof parsed === 'string') return { problem: parsed };
  if (!HAS_NUMBER.test(text)) return { problem: `the quantity ${JSON.stringify(text)} has no number` };
  return { quantity: quantityText(parsed) };
}

/** The sum of quantities as a number; undefined when one of them is none. Of nothing it is 0. */
export function sumNumber(texts: readonly string[]): number | undefined {
  const sum = parseQuantity(texts.length === 0 ? '0' : (quantitySum(texts) ?? ''));
  return typeof sum === 'string' ? undefined : approximateFloat64(sum);
}
