import { parseQuantity } from '../../hpa/quantity/parse.ts';
import { quantityText } from '../../hpa/quantity/print.ts';
import { type Field, goName, type StructType, type Type } from './type.ts';

/** What decoding found that is no error by itself. */
export interface Decoded {
  readonly value: unknown;
  /** Paths of fields that the type does not have, e.g. `spec.template.spec.containers[0].imag`, in Go's order. */
  readonly unknown: readonly string[];
}

/** The value does not fit the type; the message is Go's (`json: cannot unmarshal string into Go struct field …`). */
export class DecodeError extends TypeError {
  override readonly name = 'DecodeError';
}

interface Where {
  /** Innermost Go struct with the JSON path from the root, as encoding/json names it. */
  readonly struct: string;
  readonly field: string;
  /** With list indices, as strict decoding names unknown fields. */
  readonly path: string;
}

/**
 * A foreign JSON value as a value of this type: unknown fields are left out and reported, `null` counts as absent, and what
 * Go's `omitempty` would not write again is left out too: empty texts, lists and maps, and zeros of fields that are no
 * pointers (`omit`). Fields without `omitempty` come back by the kind's defaults. Raises DecodeError.
 */
export function decode(
  type: Type,
  foreign: unknown,
  fields: { readonly unknown: string[] } = { unknown: [] },
): Decoded {
  const value = decodeAt(type, foreign, { struct: '', field: '', path: '' }, fields.unknown);
  return { value, unknown: fields.unknown };
}

function decodeAt(type: Type, foreign: unknown, where: Where, unknown: string[]): unknown {
  if (foreign === null || foreign === undefined) return undefined;
  switch (type.is) {
    case 'struct':
      return decodeStruct(type, foreign, where, unknown);
    case 'map':
      return decodeMap(type, foreign, where, unknown);
    case 'list':
      if (!Array.isArray(foreign)) throw mismatch(type, foreign, where);
      return foreign.map(
        (item, index) =>
          decodeAt(type.of, item, { ...where, path: `${where.path}[${index}]` }, unknown) ?? zero(type.of),
      );
    default:
      return decodeLeaf(type, foreign, where);
  }
}

function decodeStruct(type: StructType, foreign: unknown, where: Where, unknown: string[]): unknown {
  if (!isFields(foreign)) throw mismatch(type, foreign, where);
  const struct = type.go.slice(type.go.lastIndexOf('.') + 1);
  const value: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(foreign)) {
    const field: Field | undefined = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const path = join(where.path, name);
    if (field === undefined) {
      if (type.open === true && child !== null) value[name] = child;
      if (type.open !== true) unknown.push(path);
      continue;
    }
    const decoded = decodeAt(field.type, child, { struct, field: join(where.field, name), path }, unknown);
    if (decoded !== undefined && !isOmitted(field.type, decoded)) value[name] = decoded;
  }
  return value;
}

function isOmitted(type: Type, value: unknown): boolean {
  switch (type.is) {
    case 'string':
      return value === '' && type.keep !== true;
    case 'list':
      return Array.isArray(value) && value.length === 0 && type.keep !== true;
    case 'map':
      return isFields(value) && Object.keys(value).length === 0;
    case 'bool':
      return type.omit === true && value === false;
    case 'int32':
    case 'int64':
      return type.omit === true && value === 0;
    default:
      return false;
  }
}

function decodeMap(type: Type & { is: 'map' }, foreign: unknown, where: Where, unknown: string[]): unknown {
  if (!isFields(foreign)) throw mismatch(type, foreign, where);
  const value: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(foreign)) {
    // The path of encoding/json ends at the map: keys are no fields.
    value[name] = decodeAt(type.of, child, { ...where, path: join(where.path, name) }, unknown) ?? zero(type.of);
  }
  return value;
}

function decodeLeaf(type: Type, foreign: unknown, where: Where): unknown {
  switch (type.is) {
    case 'string':
      if (typeof foreign === 'string') return foreign;
      break;
    case 'bool':
      if (typeof foreign === 'boolean') return foreign;
      break;
    case 'int32':
    case 'int64':
      if (typeof foreign === 'number') return integer(type, foreign, where);
      break;
    case 'float64':
      if (typeof foreign === 'number') return foreign;
      break;
    case 'quantity':
      return readQuantity(foreign);
    case 'intOrString':
      if (typeof foreign === 'string' || Number.isInteger(foreign)) return foreign;
      throw new DecodeError(`json: cannot unmarshal ${jsonName(foreign)} into Go value of type int32`);
    case 'time':
    case 'microTime':
      if (typeof foreign === 'string') return parseTime(foreign, type.is);
      break;
    case 'bytes':
      if (typeof foreign === 'string') return parseBase64(foreign);
      break;
    case 'duration':
      if (typeof foreign === 'string') return foreign;
      break;
    case 'raw':
      return foreign;
    default:
      break;
  }
  throw mismatch(type, foreign, where);
}

/** resource.Quantity's UnmarshalJSON gets the raw bytes of whatever stands there. */
const QUANTITY_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** As the API prints it again: canonical. */
function readQuantity(foreign: unknown): string {
  if (typeof foreign !== 'string' && typeof foreign !== 'number') throw new DecodeError(QUANTITY_ERROR);
  const quantity = parseQuantity(String(foreign));
  if (typeof quantity === 'string') throw new DecodeError(quantity);
  return quantityText(quantity);
}

function integer(type: Type, value: number, where: Where): number {
  const fits = type.is === 'int32' ? value >= -(2 ** 31) && value < 2 ** 31 : Number.isSafeInteger(value);
  if (Number.isInteger(value) && fits) return value;
  throw new DecodeError(`json: cannot unmarshal number ${String(value)} into Go ${place(where)}of type ${type.is}`);
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const MICRO_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{6})(Z|[+-]\d\d:\d\d)$/;

function parseTime(text: string, is: 'time' | 'microTime'): string {
  const match = (is === 'time' ? TIME : MICRO_TIME).exec(text);
  const ms = match === null ? Number.NaN : Date.parse(text.replace(/\.\d+/, ''));
  if (Number.isNaN(ms)) throw new DecodeError(timeError(text, is));
  const seconds = new Date(ms).toISOString().slice(0, 19);
  if (is === 'time') return `${seconds}Z`;
  return `${seconds}.${(match?.[7] ?? '.').slice(1).padEnd(6, '0').slice(0, 6)}Z`;
}

/** time.ParseError: names the first part of the layout that does not fit. */
function timeError(text: string, is: 'time' | 'microTime'): string {
  const layout = is === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
  const parts: readonly (readonly [string, RegExp])[] = [
    ['2006', /^\d{4}/],
    ['-', /^-/],
    ['01', /^\d\d/],
    ['-', /^-/],
    ['02', /^\d\d/],
    ['T', /^T/],
    ['15', /^\d\d/],
    [':', /^:/],
    ['04', /^\d\d/],
    [':', /^:/],
    ['05', /^\d\d/],
    ...(is === 'time' ? [] : [['.000000', /^\.\d{6}(?!\d)/] as const]),
    ['Z07:00', /^(Z|[+-]\d\d:\d\d)/],
  ];
  let rest = text;
  for (const [part, pattern] of parts) {
    const found = pattern.exec(rest);
    if (found === null) return `parsing time "${text}" as "${layout}": cannot parse "${rest}" as "${part}"`;
    rest = rest.slice(found[0].length).replace(part === '05' && is === 'time' ? /^\.\d+/ : /^$/, '');
  }
  return `parsing time "${text}": ${rest === '' ? 'day out of range' : `extra text: "${rest}"`}`;
}

/** encoding/base64 CorruptInputError: offset of the first byte that cannot be. */
function parseBase64(text: string): string {
  const clean = text.replaceAll(/[\r\n]/g, '');
  const bad = clean.search(/[^A-Za-z0-9+/=]/);
  const body = clean.replace(/=+$/, '');
  const padding = clean.length - body.length;
  if (bad >= 0) throw new DecodeError(`illegal base64 data at input byte ${bad}`);
  const early = body.indexOf('=');
  if (early >= 0) throw new DecodeError(`illegal base64 data at input byte ${early}`);
  if (clean.length % 4 !== 0 || padding > 2) {
    throw new DecodeError(`illegal base64 data at input byte ${Math.max(clean.length - (clean.length % 4), 0)}`);
  }
  return clean;
}

function mismatch(type: Type, foreign: unknown, where: Where): DecodeError {
  return new DecodeError(`json: cannot unmarshal ${jsonName(foreign)} into Go ${place(where)}of type ${goName(type)}`);
}

function place({ struct, field }: Where): string {
  return struct === '' ? 'value ' : `struct field ${struct}.${field} `;
}

/** What encoding/json calls a JSON value. */
function jsonName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

/** Go's zero of an item that was null. */
function zero(type: Type): unknown {
  if (type.is === 'struct' || type.is === 'map') return {};
  if (type.is === 'list') return [];
  if (type.is === 'bool') return false;
  return type.is === 'int32' || type.is === 'int64' || type.is === 'float64' ? 0 : '';
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
