import { parseQuantity } from '../quantity/parse.ts';
import { quantityText } from '../quantity/print.ts';
import type { Quirks } from '../quirks.ts';
import type { Field, Struct } from './schema.ts';

type Data = Readonly<Record<string, unknown>>;

/** A value in memory as the JSON that Go writes: keys in Go's order, empty ones left out, quantities canonical. */
export function encodeStruct(value: unknown, from: Struct, quirks: Quirks): Data {
  const data = value as Data;
  const out: Record<string, unknown> = {};
  for (const field of from.fields) {
    if (field.quirk !== undefined && !quirks[field.quirk]) continue;
    const json = encodeField(data[field.name], field, quirks);
    if (json !== undefined) out[field.name] = json;
  }
  return out;
}

function encodeField(value: unknown, field: Field, quirks: Quirks): unknown {
  const { type, presence } = field;
  const empty = value === undefined || value === null;
  if (empty) return presence === 'always' || presence === 'nullable' ? null : undefined;
  if (presence === 'omitempty' || presence === 'quiet') {
    if (value === '' || value === 0 || (Array.isArray(value) && value.length === 0)) return undefined;
    if (type === 'texts' && Object.keys(value).length === 0) return undefined;
  }
  if (typeof type !== 'string') {
    if (!('list' in type)) return encodeStruct(value, type, quirks);
    return (value as readonly unknown[]).map((item) => encodeStruct(item, type.list, quirks));
  }
  if (type === 'quantity') return encodeQuantity(value as string);
  return type === 'texts' ? sorted(value as Data) : value;
}

/** '' is Go's zero quantity. */
function encodeQuantity(text: string): string {
  const quantity = text === '' ? undefined : parseQuantity(text);
  if (quantity === undefined) return '0';
  return typeof quantity === 'string' ? text : quantityText(quantity);
}

/** Go writes maps with sorted keys (by bytes; the keys here are ASCII or rejected). */
function sorted(map: Data): Data {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
