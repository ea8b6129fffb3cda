import { type FieldError, type FieldErrorType, invalid, json, plain, required } from '../../hpa/api/field-error.ts';
import { goJson } from '../../hpa/api/go-json.ts';
import { sameJson } from '../api/objects.ts';
import { isFields, propertyOf, type Schema } from './schema.ts';

/** Problems of a value under a schema, in the words of kube-openapi's validators. `path`: `spec.tags[0]`, '' at the root. */
export function schemaErrors(schema: Schema, value: unknown, path: string): readonly FieldError[] {
  if (value === null && schema.nullable === true) return [];
  const wrong = typeError(schema, value, path);
  if (wrong !== undefined) return [wrong];
  return [
    ...enumErrors(schema, value, path),
    ...(typeof value === 'string' ? textErrors(schema, value, path) : []),
    ...(typeof value === 'number' ? numberErrors(schema, value, path) : []),
    ...(Array.isArray(value) ? listErrors(schema, value, path) : []),
    ...(isFields(value) ? objectErrors(schema, value, path) : []),
  ];
}

const at = (path: string) => [path];
const inBody = (path: string, text: string) => `${path} in body ${text}`;

function typeError(schema: Schema, value: unknown, path: string): FieldError | undefined {
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  if (schema.type === undefined && !intOrString) return undefined;
  const is = typeOf(value);
  const fits = intOrString
    ? is === 'string' || is === 'integer'
    : is === schema.type || (schema.type === 'number' && is === 'integer');
  if (fits) return undefined;
  const wanted = intOrString ? 'integer,string' : schema.type;
  const detail = inBody(path, `must be of type ${wanted}: ${JSON.stringify(is)}`);
  return { path: at(path), type: 'FieldValueTypeInvalid', badValue: plain(is), detail };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function enumErrors({ enum: allowed }: Schema, value: unknown, path: string): readonly FieldError[] {
  if (allowed === undefined || allowed.some((each) => sameJson(each, value))) return [];
  const detail = `supported values: ${allowed.map((each) => goJson(each)).join(', ')}`;
  return [{ path: at(path), type: 'FieldValueNotSupported', badValue: json(value), detail }];
}

function textErrors(
  { minLength, maxLength, pattern, format }: Schema,
  value: string,
  path: string,
): readonly FieldError[] {
  const length = [...value].length;
  const bad = (text: string) => invalid(at(path), plain(value), inBody(path, text));
  // One complaint about a text is enough for upstream.
  const all = [
    ...(minLength !== undefined && length < minLength ? [bad(`should be at least ${minLength} chars long`)] : []),
    ...(maxLength !== undefined && length > maxLength ? [tooLong(path, maxLength)] : []),
    ...(pattern !== undefined && !new RegExp(pattern, 'u').test(value) ? [bad(`should match '${pattern}'`)] : []),
    ...(format === 'date-time' && Number.isNaN(Date.parse(value))
      ? [bad(`must be of type date-time: ${JSON.stringify(value)}`)]
      : []),
  ];
  return all.slice(0, 1);
}

function tooLong(path: string, limit: number): FieldError {
  return { path: at(path), type: 'FieldValueTooLong', detail: `may not be more than ${limit} bytes` };
}

function numberErrors(schema: Schema, value: number, path: string): readonly FieldError[] {
  const { minimum, maximum, multipleOf } = schema;
  const bad = (text: string) => [invalid(at(path), json(value), inBody(path, text))];
  const low = minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum);
  const high = maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum);
  return [
    ...(low ? bad(`should be greater than ${schema.exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`) : []),
    ...(high ? bad(`should be less than ${schema.exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`) : []),
    ...(multipleOf !== undefined && value % multipleOf !== 0 ? bad(`should be a multiple of ${multipleOf}`) : []),
  ];
}

function listErrors(schema: Schema, value: readonly unknown[], path: string): readonly FieldError[] {
  const { minItems, maxItems, items } = schema;
  return [
    ...(maxItems !== undefined && value.length > maxItems
      ? [tooMany(path, value.length, `must have at most ${maxItems} items`)]
      : []),
    ...(minItems !== undefined && value.length < minItems
      ? [invalid(at(path), json(value.length), inBody(path, `should have at least ${minItems} items`))]
      : []),
    ...(items === undefined ? [] : value.flatMap((item, index) => schemaErrors(items, item, `${path}[${index}]`))),
    ...duplicateErrors(schema, value, path),
  ];
}

function tooMany(path: string, count: number, detail: string): FieldError {
  return { path: at(path), type: 'FieldValueTooMany', badValue: json(count), detail };
}

/** listtype validation: sets and maps have no member twice. */
function duplicateErrors(schema: Schema, value: readonly unknown[], path: string): readonly FieldError[] {
  const kind = schema['x-kubernetes-list-type'];
  if (kind !== 'set' && kind !== 'map') return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const shownOf = (item: unknown): unknown =>
    kind === 'set' || !isFields(item) ? item : Object.fromEntries(keys.map((key) => [key, item[key] ?? null]));
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    const shown = shownOf(item);
    const text = JSON.stringify(shown);
    const twice = seen.has(text);
    seen.add(text);
    const type: FieldErrorType = 'FieldValueDuplicate';
    return twice ? [{ path: at(`${path}[${index}]`), type, badValue: json(shown), detail: '' }] : [];
  });
}

function objectErrors(schema: Schema, value: Readonly<Record<string, unknown>>, path: string): readonly FieldError[] {
  const join = (name: string) => (path === '' ? name : `${path}.${name}`);
  const count = Object.keys(value).length;
  return [
    ...(schema.required ?? []).filter((name) => value[name] === undefined).map((name) => required(at(join(name)), '')),
    ...(schema.maxProperties !== undefined && count > schema.maxProperties
      ? [tooMany(path, count, `must have at most ${schema.maxProperties} items`)]
      : []),
    ...(schema.minProperties !== undefined && count < schema.minProperties
      ? [invalid(at(path), json(count), inBody(path, `should have at least ${schema.minProperties} properties`))]
      : []),
    ...Object.entries(value).flatMap(([name, child]) => {
      const property = propertyOf(schema, name);
      return property === undefined ? [] : schemaErrors(property, child, join(name));
    }),
  ];
}
