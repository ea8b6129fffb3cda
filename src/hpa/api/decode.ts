import type { Quirks } from '../quirks.ts';
import { parseQuantity } from '../quantity/parse.ts';
import { formatTime, parseTime } from '../time.ts';
import { type FieldPath, pathText } from './field-path.ts';
import { goNumberText, isGoNumber } from './go-json.ts';
import { type Field, fieldsOf, type Leaf, type Struct } from './schema.ts';

/** Something in a JSON document that Go's decoder rejects (`type`) or, when it is strict, complains about (`unknown`). */
export interface DecodeProblem {
  readonly path: FieldPath;
  readonly kind: 'type' | 'unknown';
  /** Upstream's text. */
  readonly message: string;
}

export interface DecodeOptions {
  readonly quirks: Quirks;
  /** Keys match whatever their case, as encoding/json does it (and the API server's decoder does not). */
  readonly anyCase?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

interface Position {
  readonly path: FieldPath;
  /** The struct around and the JSON names down to here, as Go's error texts name them. */
  readonly struct: string;
  readonly field: string;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isGoNumber(value);

/** Reads JSON into the shape of `into`: zero values filled in, unknown keys dropped, problems collected. */
export function decodeStruct(
  json: unknown,
  into: Struct,
  options: DecodeOptions,
): { readonly value: unknown; readonly problems: readonly DecodeProblem[] } {
  const decoder = new Decoder(options);
  const value = decoder.struct(json ?? {}, into, { path: [], struct: '', field: '' });
  return { value, problems: decoder.problems };
}

/** As `decodeStruct` for a list of them; null is an absent list. */
export function decodeList(
  json: unknown,
  into: Struct,
  options: DecodeOptions,
): { readonly value: readonly unknown[] | undefined; readonly problems: readonly DecodeProblem[] } {
  const decoder = new Decoder(options);
  const value = decoder.list(json, into, { path: [], struct: '', field: '' });
  return { value, problems: decoder.problems };
}

class Decoder {
  readonly problems: DecodeProblem[] = [];
  readonly #options: DecodeOptions;

  constructor(options: DecodeOptions) {
    this.#options = options;
  }

  struct(json: unknown, into: Struct, at: Position): unknown {
    if (!isObject(json)) {
      if (json !== null) this.#mismatch(json, into.go, at);
      return zeroStruct(into);
    }
    const out: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(json)) {
      const field = this.#field(key, into);
      const inner = { path: [...at.path, key], struct: typeName(into.go), field: join(at.field, field?.name ?? key) };
      if (field === undefined) this.#unknown(inner);
      else if (value !== null && value !== undefined) out[field.name] = this.#value(value, field, inner);
    }
    return fillZeros(out, into);
  }

  list(json: unknown, into: Struct, at: Position): readonly unknown[] | undefined {
    if (json === null || json === undefined) return undefined;
    if (!Array.isArray(json)) {
      this.#mismatch(json, `[]${into.go}`, at);
      return undefined;
    }
    return json.map((item, index) => this.struct(item, into, { ...at, path: [...at.path, index] }));
  }

  #field(key: string, into: Struct): Field | undefined {
    const exact = fieldsOf(into).get(key);
    const folded = exact ?? (this.#options.anyCase === true ? fieldOfAnyCase(key, into) : undefined);
    return folded?.quirk === undefined || this.#options.quirks[folded.quirk] ? folded : undefined;
  }

  #value(json: unknown, field: Field, at: Position): unknown {
    const { type } = field;
    if (typeof type === 'string') return this.#leaf(json, type, field.named, at);
    return 'list' in type ? this.list(json, type.list, at) : this.struct(json, type, at);
  }

  #leaf(json: unknown, leaf: Leaf, named: string | undefined, at: Position): unknown {
    const value = leafValue(json, leaf);
    if (value !== undefined) return value;
    if (leaf === 'quantity' || leaf === 'time')
      this.#fault(leaf === 'quantity' ? quantityFault(json) : timeFault(json), at);
    else this.#mismatch(json, named ?? GO_TYPES[leaf], at);
    return undefined;
  }

  #mismatch(json: unknown, goType: string, at: Position): void {
    const where = at.field === '' ? 'Go value' : `Go struct field ${at.struct}.${at.field}`;
    this.#fault(`json: cannot unmarshal ${jsonKind(json)} into ${where} of type ${goType}`, at);
  }

  #fault(message: string, at: Position): void {
    this.problems.push({ path: at.path, kind: 'type', message });
  }

  #unknown(at: Position): void {
    this.problems.push({ path: at.path, kind: 'unknown', message: `unknown field "${pathText(at.path)}"` });
  }
}

const GO_TYPES: Readonly<Record<Leaf, string>> = {
  string: 'string',
  int32: 'int32',
  int64: 'int64',
  bool: 'bool',
  quantity: 'resource.Quantity',
  time: 'v1.Time',
  texts: 'map[string]string',
  strings: '[]string',
  raw: 'object',
};

const typeName = (go: string): string => go.slice(go.indexOf('.') + 1);
const join = (outer: string, inner: string): string => (outer === '' ? inner : `${outer}.${inner}`);

function fieldOfAnyCase(key: string, into: Struct): Field | undefined {
  const folded = key.toLowerCase();
  return into.fields.find((field) => field.name.toLowerCase() === folded);
}

/** In lists and maps null is the zero value for Go. */
const isText = (item: unknown): boolean => typeof item === 'string' || item === null;
const textOf = (item: unknown): string => (typeof item === 'string' ? item : '');

function leafValue(json: unknown, leaf: Leaf): unknown {
  switch (leaf) {
    case 'string':
      return typeof json === 'string' ? json : undefined;
    case 'bool':
      return typeof json === 'boolean' ? json : undefined;
    case 'int32':
      return integer(json, 2 ** 31);
    case 'int64':
      return integer(json, 2 ** 63);
    case 'quantity':
      return quantityFault(json) === '' ? quantitySource(json) : undefined;
    case 'time':
      return timeText(json);
    case 'strings':
      return Array.isArray(json) && json.every(isText) ? json.map(textOf) : undefined;
    case 'texts': {
      if (!isObject(json) || !Object.values(json).every(isText)) return undefined;
      return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, textOf(item)]));
    }
    case 'raw':
      return json;
  }
}

/** Go takes whole numbers that are written without point and exponent. */
function integer(json: unknown, limit: number): number | undefined {
  if (typeof json !== 'number') return undefined;
  return Number.isInteger(json) && json >= -limit && json < limit ? json : undefined;
}

/** The text that Quantity.UnmarshalJSON parses: without quotes and blanks around. */
function quantitySource(json: unknown): string {
  return typeof json === 'string' ? json.trim() : (goNumberText(json) ?? JSON.stringify(json));
}

function quantityFault(json: unknown): string {
  const parsed = parseQuantity(quantitySource(json));
  return typeof parsed === 'string' ? parsed : '';
}

function timeText(json: unknown): string | undefined {
  const ms = typeof json === 'string' ? parseTime(json) : null;
  return ms === null ? undefined : formatTime(ms);
}

function timeFault(json: unknown): string {
  if (typeof json !== 'string') return `json: cannot unmarshal ${jsonKind(json)} into Go value of type string`;
  return `parsing time ${JSON.stringify(json)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(json)}`;
}

function jsonKind(json: unknown): string {
  if (Array.isArray(json)) return 'array';
  const number = goNumberText(json);
  if (number !== undefined)
    return `number${/[.eE]/.test(number) || !Number.isSafeInteger(json) || Math.abs(Number(number)) >= 2 ** 31 ? ` ${number}` : ''}`;
  if (typeof json === 'boolean') return 'bool';
  return typeof json === 'object' ? 'object' : typeof json;
}

const ZEROS: Partial<Readonly<Record<Leaf, unknown>>> = { string: '', int32: 0, int64: 0, bool: false, quantity: '' };

function zeroStruct(of: Struct): unknown {
  return fillZeros({}, of);
}

function fillZeros(out: Record<string, unknown>, of: Struct): unknown {
  for (const { name, type, presence } of of.fields) {
    const given = out[name];
    if (presence === 'always' || presence === 'quiet') {
      out[name] = given ?? (typeof type === 'string' ? ZEROS[type] : 'list' in type ? undefined : zeroStruct(type));
    } else if (presence === 'omitempty' && (given === '' || given === 0)) out[name] = undefined;
    if (out[name] === undefined) delete out[name];
  }
  return out;
}
