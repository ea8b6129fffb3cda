const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
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

/** A Kubernetes quantity in base units (cores, bytes), or undefined when it is none. Good to a double's precision. */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (match === null) return undefined;
  const [, digits = '', exponent, suffix = ''] = match;
  const factor = FACTORS[suffix];
  return exponent === undefined ? Number(digits) * (factor ?? Number.NaN) : Number(digits + exponent);
}

/** Millicores, rounded up as the scheduler does (resource.Quantity.MilliValue); 0 for a missing quantity. */
export function cpuMilli(text: string | undefined): number {
  return Math.ceil(round((parseQuantity(text ?? '0') ?? 0) * 1000));
}

/** Bytes, rounded up; 0 for a missing quantity. */
export function bytes(text: string | undefined): number {
  return Math.ceil(round(parseQuantity(text ?? '0') ?? 0));
}

/** 0.1 * 3 * 1000 must not become 301 by the last bit of a double. */
function round(value: number): number {
  return Number(value.toPrecision(15));
}
