import { bool, intOrString, raw, text, type ListMerge, type StructType, type Type } from '../schema/type.ts';
import { objectMeta } from '../types/meta.ts';
import type { Schema } from './schema.ts';

const NUMBER: Type = { is: 'float64' };

/** A custom resource as server-side apply sees it (kube-openapi schemaconv): what is a set, a keyed list, an atom. */
export function applyTypeOf(schema: Schema): StructType {
  const body = objectType(schema);
  const fields = body.is === 'struct' ? body.fields : {};
  const own = { apiVersion: { type: text }, kind: { type: text }, metadata: { type: objectMeta } };
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return { is: 'struct', go: '', fields: { ...fields, ...own }, ...(open ? { open } : {}) };
}

function typeOf(schema: Schema): Type {
  if (schema['x-kubernetes-int-or-string'] === true) return intOrString;
  switch (schema.type) {
    case 'string':
      return text;
    case 'integer':
    case 'number':
      return NUMBER;
    case 'boolean':
      return bool;
    case 'array':
      return listType(schema);
    case 'object':
      return objectType(schema);
    default:
      return raw;
  }
}

function listType(schema: Schema): Type {
  const of = schema.items === undefined ? raw : typeOf(schema.items);
  const merge = mergeOf(schema);
  return { is: 'list', of, ...(merge === undefined ? {} : { merge }) };
}

function mergeOf(schema: Schema): ListMerge | undefined {
  if (schema['x-kubernetes-list-type'] === 'set') return { applyKeys: [] };
  if (schema['x-kubernetes-list-type'] !== 'map') return undefined;
  const applyKeys = schema['x-kubernetes-list-map-keys'] ?? [];
  const defaults = applyKeys.map((key) => [key, schema.items?.properties?.[key]?.default]);
  return { applyKeys, keyDefaults: Object.fromEntries(defaults) as Readonly<Record<string, unknown>> };
}

function objectType(schema: Schema): Type {
  const { properties, additionalProperties } = schema;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic' ? { atomic: true } : {};
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (properties === undefined && additionalProperties !== undefined && additionalProperties !== false) {
    return { is: 'map', of: additionalProperties === true ? raw : typeOf(additionalProperties), ...atomic };
  }
  if (properties === undefined && preserves && atomic.atomic !== true) return raw;
  const fields = Object.entries(properties ?? {}).map(([name, each]) => [name, { type: typeOf(each) }]);
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const own = embedded ? { apiVersion: { type: text }, kind: { type: text }, metadata: { type: objectMeta } } : {};
  const open = preserves ? { open: true } : {};
  return { is: 'struct', go: '', fields: { ...Object.fromEntries(fields), ...own }, ...open, ...atomic };
}
