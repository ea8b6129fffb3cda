import { parseQuantity as parse } from '../../hpa/quantity/parse.ts';
import { approximateFloat64, milliValue, value } from '../../hpa/quantity/values.ts';

/** A Kubernetes quantity in base units (cores, bytes), or undefined when it is none. Good to a double's precision. */
export function parseQuantity(text: string): number | undefined {
  const quantity = parse(text);
  return typeof quantity === 'string' ? undefined : approximateFloat64(quantity);
}

/** Millicores, rounded up as the scheduler does (resource.Quantity.MilliValue); 0 for a missing quantity. */
export function cpuMilli(text: string | undefined): number {
  const quantity = parse(text ?? '0');
  return typeof quantity === 'string' ? 0 : Number(milliValue(quantity));
}

/** Bytes, rounded up; 0 for a missing quantity. */
export function bytes(text: string | undefined): number {
  const quantity = parse(text ?? '0');
  return typeof quantity === 'string' ? 0 : Number(value(quantity));
}
