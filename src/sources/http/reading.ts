import { readQuantity } from '../../kube/quantity.ts';
import { sampleQuantity } from '../prometheus/value.ts';

type Read = { readonly quantity: string } | { readonly problem: string };

const NUMBER = /^[+-]?(\d+(\.\d+)?(e[+-]?\d+)?|NaN|Inf|Infinity)$/i;

/**
 * A number or a quantity (`"300m"`) of a foreign document as a quantity, or why it is none. Numbers come to thousandths, which is as
 * fine as the HPA reads; negative ones are refused, because no number of pods follows from them.
 */
export function foreignQuantity(value: unknown): Read {
  if (typeof value !== 'number' && typeof value !== 'string')
    return { problem: `${JSON.stringify(value)?.slice(0, 40) ?? 'nothing'} is not a number` };
  const text = String(value).trim();
  if (text === '') return { problem: 'there is an empty text in the place of a number' };
  if (text.length > 100) return { problem: `${JSON.stringify(text.slice(0, 40))}... is not a number` };
  const number: Read = NUMBER.test(text) ? sampleQuantity(goNumber(text)) : { quantity: text };
  const read = 'problem' in number ? number : readQuantity(number.quantity);
  if ('problem' in read) return read;
  return read.quantity.startsWith('-') ? { problem: `${text} is negative` } : read;
}

/** JavaScript's and Python's spellings in Go's. */
function goNumber(text: string): string {
  if (/^nan$/i.test(text)) return 'NaN';
  return text.replace(/inf(inity)?$/i, 'Inf');
}
