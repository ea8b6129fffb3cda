import { add } from './compare.ts';
import { parseQuantity } from './parse.ts';
import { quantityText } from './print.ts';
import { type Quantity, ZERO } from './types.ts';

/** The sum of quantities as the API prints it; null when one of the texts is no quantity, or there is none. */
export function quantitySum(texts: readonly string[]): string | null {
  const [first, ...others] = texts.map(parseQuantity);
  if (first === undefined || typeof first === 'string') return null;
  let sum: Quantity = add({ ...ZERO, format: first.format }, first);
  for (const quantity of others) {
    if (typeof quantity === 'string') return null;
    sum = add(sum, quantity);
  }
  return quantityText(sum);
}
