import { bytesField, varint } from '../protobuf/wire.ts';

type Json = Readonly<Record<string, unknown>>;
/** The fields of a message that hold a value, under this number. */
type Encode = (number: number, value: unknown) => readonly Uint8Array[];

const text: Encode = (number, value) => [bytesField(number, [Buffer.from(String(value))])];
const flag: Encode = (number, value) => [varint(number << 3), varint(value === true ? 1 : 0)];
/** Any value, as YAML. */
const any: Encode = wrapped(2, (number, value) => text(number, JSON.stringify(value)));

function each(of: Encode): Encode {
  return (number, value) => (value as readonly unknown[]).flatMap((item) => of(number, item));
}

/** A message with nothing but this field. */
function wrapped(inner: number, of: Encode): Encode {
  return (number, value) => [bytesField(number, of(inner, value))];
}

/** A map, as it stands here: a list of messages with name and value. */
function named(of: Encode): Encode {
  return (number, value) =>
    Object.entries(value as Json).map(([name, item]) => bytesField(number, [...text(1, name), ...of(2, item)]));
}

/** A message by the names of its JSON fields; what has no number here is left out. `extensions`: where `x-…` go. */
function message(fields: Readonly<Record<string, readonly [number, Encode]>>, extensions?: number): Encode {
  return (number, value) => {
    const parts = Object.entries(value as Json).flatMap(([name, item]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field !== undefined) return field[1](field[0], item);
      return extensions !== undefined && name.startsWith('x-') ? named(any)(extensions, { [name]: item }) : [];
    });
    return [bytesField(number, parts)];
  };
}

const schema: Encode = (number, value) => schemaMessage(number, value);
const schemaMessage: Encode = message(
  {
    $ref: [1, text],
    format: [2, text],
    description: [4, text],
    default: [5, any],
    required: [19, each(text)],
    enum: [20, each(any)],
    additionalProperties: [21, (number, value) => (typeof value === 'boolean' ? orBoolean : orSchema)(number, value)],
    type: [22, wrapped(1, text)],
    items: [23, wrapped(1, schema)],
    properties: [25, wrapped(1, named(schema))],
  },
  31,
);
const orSchema = wrapped(1, schema);
const orBoolean = wrapped(2, flag);

const bodyParameter = message({ name: [2, text], in: [3, text], required: [4, flag], schema: [5, schema] });
const queryParameter = message({ in: [2, text], name: [4, text], type: [6, text], uniqueItems: [20, flag] });
/** Each of the two wrappers is a `oneof`: parameter or reference, body or not, and of those the third is the query's. */
const parameter: Encode = wrapped(1, (number, value) =>
  (value as Json)['in'] === 'body'
    ? wrapped(1, bodyParameter)(number, value)
    : wrapped(2, wrapped(3, queryParameter))(number, value),
);
const response = wrapped(1, message({ description: [1, text], schema: [2, wrapped(1, schema)] }));
const operation = message(
  {
    description: [3, text],
    operationId: [5, text],
    produces: [6, each(text)],
    consumes: [7, each(text)],
    parameters: [8, each(parameter)],
    responses: [9, wrapped(1, named(response))],
  },
  13,
);
const pathItem = message({
  get: [2, operation],
  put: [3, operation],
  post: [4, operation],
  delete: [5, operation],
  patch: [8, operation],
});
const document = {
  swagger: [1, text],
  info: [2, message({ title: [1, text], version: [2, text] })],
  paths: [8, wrapped(2, named(pathItem))],
  definitions: [9, wrapped(1, named(schema))],
} as const;

/**
 * The OpenAPI v2 document as Go clients ask for it (github.com/google/gnostic-models openapiv2/OpenAPIv2.proto): what they
 * validate and merge by.
 */
export function openApiV2Protobuf(given: Json): Uint8Array {
  const parts = Object.entries(document).flatMap(([name, [number, encode]]) => encode(number, given[name]));
  return Buffer.concat(parts);
}
