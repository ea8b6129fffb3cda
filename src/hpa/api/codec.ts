import type { Quirks } from '../quirks.ts';
import { type DecodeProblem, decodeStruct } from './decode.ts';
import { encodeStruct } from './encode.ts';
import type { Struct } from './schema.ts';
import { V1 } from './schema-v1.ts';
import { V2 } from './schema-v2.ts';
import type { HpaSpec, HpaV1, HpaV2 } from './types.ts';

export interface Decoded<T> {
  readonly value: T;
  /** Wrong types (upstream refuses the object) and unknown fields (upstream's strict mode refuses it). */
  readonly problems: readonly DecodeProblem[];
}

/** Foreign JSON as an autoscaling/v2 HPA in one version: what the version does not know is dropped and reported. */
export function decodeV2(json: unknown, quirks: Quirks): Decoded<HpaV2> {
  const { value, problems } = decodeStruct(json, V2.object, { quirks });
  return { value: value as HpaV2, problems };
}

/** Foreign JSON as an autoscaling/v1 HPA. */
export function decodeV1(json: unknown, quirks: Quirks): Decoded<HpaV1> {
  const { value, problems } = decodeStruct(json, V1, { quirks });
  return { value: value as HpaV1, problems };
}

/** The JSON that the API server sends for a v2 HPA, keys in Go's order. */
export function encodeV2(hpa: HpaV2, quirks: Quirks): Readonly<Record<string, unknown>> {
  return encodeObject(hpa, V2.object, quirks);
}

/** The spec alone. */
export function encodeSpecV2(spec: HpaSpec, quirks: Quirks): Readonly<Record<string, unknown>> {
  return encodeStruct(spec, V2.spec, quirks);
}

/** The JSON that the API server sends for a v1 HPA. */
export function encodeV1(hpa: HpaV1, quirks: Quirks): Readonly<Record<string, unknown>> {
  return encodeObject(hpa, V1, quirks);
}

function encodeObject(hpa: HpaV1 | HpaV2, as: Struct, quirks: Quirks): Readonly<Record<string, unknown>> {
  const json = encodeStruct(hpa, as, quirks);
  const metadata = json['metadata'] as Readonly<Record<string, unknown>>;
  if (!quirks.nullCreationTimestamp || metadata['creationTimestamp'] !== undefined) return json;
  return { ...json, metadata: { ...metadata, creationTimestamp: null } };
}
