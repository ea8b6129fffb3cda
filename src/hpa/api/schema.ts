import type { QuirkName } from '../quirks.ts';

// A small language for Go's structs as JSON sees them: one table per type serves decoding (types, unknown fields, what a
// version does not know) and encoding (key order, omitempty).

/** `texts` is map[string]string, `strings` a list of strings, `raw` any JSON that is carried along. */
export type Leaf = 'string' | 'int32' | 'int64' | 'bool' | 'quantity' | 'time' | 'texts' | 'strings' | 'raw';

/**
 * - `always`: a plain Go value, in memory and in JSON always there (a zero quantity is '', a zero time absent).
 * - `quiet`: in memory always there, left out of JSON when zero.
 * - `omitempty`: left out of JSON when zero or empty; in memory a zero is absent but an empty list or map stays.
 * - `pointer`: absent or there, never replaced by a zero.
 * - `nullable`: as `pointer`, but null in JSON when absent.
 */
export type Presence = 'always' | 'quiet' | 'omitempty' | 'pointer' | 'nullable';

export interface Field {
  readonly name: string;
  readonly type: Leaf | Struct | { readonly list: Struct };
  readonly presence: Presence;
  /** The Go type in error texts where it is not the leaf's own (`v2.MetricSourceType`). */
  readonly named?: string;
  /** Known only while this row of the quirk table holds. */
  readonly quirk?: QuirkName;
}

export interface Struct {
  /** Package and name in error texts: `v2.MetricSpec`. */
  readonly go: string;
  readonly fields: readonly Field[];
}

type Options = Pick<Field, 'named' | 'quirk'>;

export const always = (name: string, type: Field['type'], options: Options = {}): Field => ({
  name,
  type,
  presence: 'always',
  ...options,
});
export const quiet = (name: string, type: Field['type']): Field => ({ name, type, presence: 'quiet' });
export const omitempty = (name: string, type: Field['type'], options: Options = {}): Field => ({
  name,
  type,
  presence: 'omitempty',
  ...options,
});
export const pointer = (name: string, type: Field['type'], options: Options = {}): Field => ({
  name,
  type,
  presence: 'pointer',
  ...options,
});
export const nullable = (name: string, type: Field['type'], options: Options = {}): Field => ({
  name,
  type,
  presence: 'nullable',
  ...options,
});
export const struct = (go: string, ...fields: readonly Field[]): Struct => ({ go, fields });

const byName = new WeakMap<Struct, ReadonlyMap<string, Field>>();

/** Fields of a struct by their JSON name. */
export function fieldsOf(of: Struct): ReadonlyMap<string, Field> {
  const known = byName.get(of);
  if (known !== undefined) return known;
  const map = new Map(of.fields.map((field) => [field.name, field]));
  byName.set(of, map);
  return map;
}
