import { compare } from '../../hpa/quantity/compare.ts';
import { parseQuantity } from '../../hpa/quantity/parse.ts';
import { ZERO } from '../../hpa/quantity/types.ts';

/** -1, 0 or 1; what is no quantity counts as zero. */
export function compareQuantities(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return compare(typeof left === 'string' ? ZERO : left, typeof right === 'string' ? ZERO : right);
}
