import { sign } from '../../src/hpa/quantity/compare.ts';
import { newMilliQuantity } from '../../src/hpa/quantity/milli.ts';
import { parseQuantity } from '../../src/hpa/quantity/parse.ts';
import { quantityText } from '../../src/hpa/quantity/print.ts';
import type { QuantityFormat } from '../../src/hpa/quantity/types.ts';
import { approximateFloat64, milliValue, value } from '../../src/hpa/quantity/values.ts';

interface QuantityInput {
  readonly s: string;
}
interface MilliInput {
  readonly milli: string;
  readonly format: QuantityFormat;
}

/** JSON knows no infinities; the recorder writes them as text. */
function jsonNumber(number: number): number | string {
  if (Number.isFinite(number)) return number;
  if (Number.isNaN(number)) return 'NaN';
  return number > 0 ? '+Inf' : '-Inf';
}

function quantity(input: QuantityInput): unknown {
  const parsed = parseQuantity(input.s);
  if (typeof parsed === 'string') return { error: parsed };
  return {
    error: null,
    milliValue: String(milliValue(parsed)),
    value: String(value(parsed)),
    canonical: quantityText(parsed),
    format: parsed.format,
    float: jsonNumber(approximateFloat64(parsed)),
    sign: sign(parsed),
  };
}

/** Replays of the `unit` lines about quantities, by their `fn`. */
export const UNIT_QUANTITY: Readonly<Record<string, (input: never) => unknown>> = {
  quantity: (input: QuantityInput) => quantity(input),
  newMilliQuantity: (input: MilliInput) => ({
    string: quantityText(newMilliQuantity(BigInt(input.milli), input.format)),
  }),
};
