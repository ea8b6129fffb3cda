import { parseQuantity } from '../../hpa/quantity/parse.ts';

/**
 * A Kubernetes quantity (`9500m`, `60242Ki`, `1e3`) or a percentage (`55%`) as a number, for bars, sparklines and
 * `--until` only: rounded to a double. undefined when the text is neither.
 */
export function quantityNumber(text: string): number | undefined {
  const quantity = parseQuantity(text.replace(/%$/, ''));
  if (typeof quantity === 'string') return undefined;
  const { unscaled, scale } = quantity;
  // Divided, not multiplied: `297400m` times 0.001 would read 297.40000000000003.
  return scale < 0 ? Number(unscaled) / 10 ** -scale : Number(unscaled) * 10 ** scale;
}

/** A quantity as people read it: `9500m` is 9.5 (HPA-SPEC section 6, entry 34); every other text as it is. */
export function plainQuantity(text: string): string {
  return /^-?\d+m$/.test(text) ? String(quantityNumber(text)) : text;
}

/** A number as short as a column wants it: `40`, `9.5`, `1.2k`. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(1);
  for (const [unit, name] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e4, 'k'],
  ] as const) {
    if (size >= unit) return `${trimmed(value / (name === 'k' ? 1e3 : unit))}${name}`;
  }
  return trimmed(value);
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3)));
}
