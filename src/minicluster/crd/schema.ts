import { z } from 'zod';

/** A structural schema (apiextensions JSONSchemaProps), as far as it is enforced. */
export interface Schema {
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly nullable?: boolean | undefined;
  readonly default?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly additionalProperties?: Schema | boolean | undefined;
  readonly items?: Schema | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: boolean | undefined;
  readonly exclusiveMaximum?: boolean | undefined;
  readonly multipleOf?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly uniqueItems?: boolean | undefined;
  readonly minProperties?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined;
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined;
  readonly 'x-kubernetes-list-type'?: string | undefined;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined;
  readonly 'x-kubernetes-map-type'?: string | undefined;
}

const number = z.number().optional();
const flag = z.boolean().optional();

export const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional(),
    format: z.string().optional(),
    nullable: flag,
    default: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    required: z.array(z.string()).optional(),
    properties: z.record(z.string(), Schema).optional(),
    additionalProperties: z.union([Schema, z.boolean()]).optional(),
    items: Schema.optional(),
    minLength: number,
    maxLength: number,
    pattern: z.string().optional(),
    minimum: number,
    maximum: number,
    exclusiveMinimum: flag,
    exclusiveMaximum: flag,
    multipleOf: number,
    minItems: number,
    maxItems: number,
    uniqueItems: flag,
    minProperties: number,
    maxProperties: number,
    'x-kubernetes-preserve-unknown-fields': flag,
    'x-kubernetes-int-or-string': flag,
    'x-kubernetes-embedded-resource': flag,
    'x-kubernetes-list-type': z.string().optional(),
    'x-kubernetes-list-map-keys': z.array(z.string()).optional(),
    'x-kubernetes-map-type': z.string().optional(),
  }),
);

type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema of a member of an object, of a declared property or of the others. */
export function propertyOf(schema: Schema, name: string): Schema | undefined {
  const own =
    schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
  if (own !== undefined) return own;
  const { additionalProperties } = schema;
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/**
 * Fills in defaults, also inside objects that are there; a null where none may be counts as absent when there is a default
 * (structural-schema defaulting and its null pruning).
 */
export function withDefaults(schema: Schema | undefined, value: unknown): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => withDefaults(schema.items, item));
  if (!isFields(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    const property = propertyOf(schema, name);
    const absent = child === null && property?.nullable !== true && property?.default !== undefined;
    if (!absent) result[name] = withDefaults(property, child);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (result[name] !== undefined || property.default === undefined) continue;
    result[name] = withDefaults(property, structuredClone(property.default));
  }
  return result;
}

/** Leaves out what the schema does not know, and says what that was (`spec.a[0].b`), sorted as upstream does. */
export function pruned(
  schema: Schema | undefined,
  value: unknown,
): { readonly value: unknown; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const result = prune(schema, value, '', unknown, false);
  return { value: result, unknown: unknown.toSorted() };
}

function prune(schema: Schema | undefined, value: unknown, path: string, unknown: string[], keep: boolean): unknown {
  const preserve = keep && schema === undefined;
  if (Array.isArray(value))
    return value.map((item, at) => prune(schema?.items, item, `${path}[${at}]`, unknown, preserve));
  if (!isFields(value)) return value;
  const keepsAll =
    preserve || schema?.['x-kubernetes-preserve-unknown-fields'] === true || schema?.additionalProperties === true;
  const embedded = schema?.['x-kubernetes-embedded-resource'] === true;
  const result: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    const property = schema === undefined ? undefined : propertyOf(schema, name);
    const own = embedded && (name === 'apiVersion' || name === 'kind' || name === 'metadata');
    const where = path === '' ? name : `${path}.${name}`;
    if (property === undefined && !keepsAll && !own) unknown.push(where);
    else result[name] = prune(property, child, where, unknown, keepsAll || own);
  }
  return result;
}
