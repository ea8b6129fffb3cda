/** The largest amount that the HPA controller can read: it counts thousandths in an int64. */
const LARGEST = 9.2e15;

/**
 * A sample of Prometheus as a quantity, or why it is none. Thousandths, because the HPA reads no finer; to the nearest, so
 * that the noise of floats (`10.000000000000002`) costs no replica, but what is not zero never becomes zero: it would switch
 * a target off that has work.
 */
export function sampleQuantity(text: string): { readonly quantity: string } | { readonly problem: string } {
  const value = sampleNumber(text);
  if (value === undefined) return { problem: `${JSON.stringify(text.slice(0, 40))} is not a number` };
  if (!Number.isFinite(value)) return { problem: `its value is ${text}` };
  if (Math.abs(value) > LARGEST) return { problem: `${text} is more than the HPA controller can read` };
  if (Number.isInteger(value)) return { quantity: BigInt(value).toString() };
  const milli = Math.round(Math.abs(value) * 1000) || 1;
  return { quantity: `${value < 0 ? '-' : ''}${BigInt(milli)}m` };
}

/** Go's strconv.FormatFloat, as Prometheus writes samples. */
function sampleNumber(text: string): number | undefined {
  if (text === 'NaN') return Number.NaN;
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}
