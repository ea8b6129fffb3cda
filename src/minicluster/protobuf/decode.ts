import type { StructType, Type } from '../schema/type.ts';
import { badRequest } from '../api/failure.ts';
import { fieldName, isKnown } from './fields.ts';
import { readFields, WireError, type WireField } from './wire.ts';

/** `k8s` and a zero byte stand before runtime.Unknown (apimachinery runtime/serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0');
const utf8 = new TextDecoder();

type Value = WireField['value'];

/** A protobuf body as the JSON value that it stands for, with apiVersion and kind. Raises ApiFailure 400. */
export function protobufJson(bytes: Uint8Array, type: StructType): unknown {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${shortName(type)}): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]`,
    );
  }
  if (!isKnown(type.go)) {
    throw badRequest(
      `${shortName(type)} is not accepted as application/vnd.kubernetes.protobuf here; send application/json`,
    );
  }
  try {
    const envelope = readFields(bytes.subarray(MAGIC.length));
    const [head, raw] = [1, 2].map((number) => envelope.find((field) => field.number === number)?.value);
    const names = head instanceof Uint8Array ? readFields(head) : [];
    const [apiVersion, kind] = [1, 2].map((number) => textOf(names.find((field) => field.number === number)?.value));
    const body = raw instanceof Uint8Array ? message(type, raw) : {};
    return { apiVersion, kind, ...body };
  } catch (error) {
    if (error instanceof WireError) throw badRequest(`${shortName(type)} cannot be handled: ${error.message}`);
    throw error;
  }
}

function shortName({ go }: StructType): string {
  return go.slice(go.lastIndexOf('.') + 1);
}

function message(type: StructType, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const values = new Map<string, Value[]>();
  for (const { number, value } of readFields(bytes)) {
    const name = fieldName(type.go, number);
    if (name === undefined || name === '-') continue;
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  const result: Record<string, unknown> = {};
  for (const [name, list] of values) {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const value = field === undefined ? undefined : decoded(field.type, list);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function decoded(type: Type, values: readonly Value[]): unknown {
  const last = values.at(-1);
  if (type.is === 'list') return values.map((value) => single(type.of, value));
  if (type.is === 'map') return Object.fromEntries(values.map((value) => entry(type.of, value)));
  return last === undefined ? undefined : single(type, last);
}

/** Maps are lists of messages with key and value; a list as a value stands in a message of its own (v1.ExtraValue). */
function entry(of: Type, value: Value): readonly [string, unknown] {
  const fields = value instanceof Uint8Array ? readFields(value) : [];
  const key = textOf(fields.find(({ number }) => number === 1)?.value);
  const content = fields.find(({ number }) => number === 2)?.value ?? new Uint8Array();
  if (of.is !== 'list') return [key, single(of, content)];
  const items = content instanceof Uint8Array ? readFields(content) : [];
  return [key, items.filter(({ number }) => number === 1).map((item) => single(of.of, item.value))];
}

function single(type: Type, value: Value): unknown {
  if (typeof value === 'bigint') {
    if (type.is === 'bool') return value !== 0n;
    return Number(BigInt.asIntN(64, value));
  }
  switch (type.is) {
    case 'struct':
      return message(type, value);
    case 'bytes':
      return Buffer.from(value).toString('base64');
    case 'time':
    case 'microTime':
      return timeOf(value, type.is);
    case 'quantity':
      return textOf(readFields(value).find(({ number }) => number === 1)?.value);
    case 'intOrString':
      return intOrStringOf(value);
    case 'raw':
      return rawOf(value);
    default:
      return utf8.decode(value);
  }
}

/** An empty message is Go's zero time: none. */
function timeOf(value: Uint8Array, is: 'time' | 'microTime'): string | undefined {
  const [seconds, nanos] = [1, 2].map((number) => readFields(value).find((field) => field.number === number)?.value);
  if (typeof seconds !== 'bigint') return undefined;
  const text = new Date(Number(BigInt.asIntN(64, seconds)) * 1000).toISOString().slice(0, 19);
  if (is === 'time') return `${text}Z`;
  const micros = typeof nanos === 'bigint' ? Number(nanos / 1000n) : 0;
  return `${text}.${String(micros).padStart(6, '0')}Z`;
}

function intOrStringOf(value: Uint8Array): number | string {
  const fields = readFields(value);
  const at = (wanted: number) => fields.find(({ number }) => number === wanted)?.value;
  if (at(1) === 1n) return textOf(at(3));
  const number = at(2);
  return typeof number === 'bigint' ? Number(BigInt.asIntN(64, number)) : 0;
}

/** RawExtension and FieldsV1: JSON in field 1. */
function rawOf(value: Uint8Array): unknown {
  const text = textOf(readFields(value).find(({ number }) => number === 1)?.value);
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof SyntaxError) throw new WireError('raw extension is not JSON');
    throw error;
  }
}

function textOf(value: Value | undefined): string {
  return value instanceof Uint8Array ? utf8.decode(value) : '';
}
