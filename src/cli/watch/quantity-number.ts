const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
/** Divisors: `297400m` times 0.001 would read 297.40000000000003. */
const PARTS: Readonly<Record<string, number>> = { n: 1e9, u: 1e6, m: 1e3 };
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * A Kubernetes quantity (`9500m`, `60242Ki`, `1e3`) or a percentage (`55%`) as a number, for bars, sparklines and
 * `--until` only: rounded to a double. undefined when the text is neither.
 */
export function quantityNumber(text: string): number | undefined {
  const match = QUANTITY.exec(text.replace(/%$/, ''));
  if (match === null) return undefined;
  const [, digits = '', exponent = '', suffix = ''] = match;
  if (exponent !== '') return Number(digits + exponent);
  const part = PARTS[suffix];
  return part === undefined ? Number(digits) * (SUFFIXES[suffix] ?? 1) : Number(digits) / part;
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
