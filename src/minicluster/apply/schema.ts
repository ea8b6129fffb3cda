import type { KindVersion } from '../kinds/kind.ts';
import type { Type } from '../schema/type.ts';

// How server-side apply sees the types of schema/type.ts (structured-merge-diff schema.Atom).

export type Fields = Readonly<Record<string, unknown>>;

export type Shape = 'scalar' | 'atomic' | 'map' | 'list';

/** The type that a version's objects are merged by. */
export function mergeTypeOf(version: KindVersion): Type {
  return version.applyType ?? version.type;
}

/** What is not in the schema (custom resources that keep unknown fields) is taken by its value: `__untyped_deduced_`. */
export const DEDUCED: Type = { is: 'raw' };

/**
 * What a value of a type is to a merge: `scalar` and `atomic` are leaves, `map` and `list` are gone into. A value that does not
 * fit its type counts as the type says.
 */
export function shapeOf(type: Type, ...values: readonly unknown[]): Shape {
  switch (type.is) {
    case 'struct':
      return type.atomic === true ? 'atomic' : 'map';
    case 'map':
      return type.atomic === true ? 'atomic' : 'map';
    case 'list':
      return type.merge?.applyKeys === undefined ? 'atomic' : 'list';
    case 'raw':
      return values.every((value) => value === undefined || isFields(value)) ? 'map' : 'atomic';
    default:
      return 'scalar';
  }
}

/** Type of a field or of the values of a map; undefined: there is no such field. */
export function childOf(type: Type, name: string): Type | undefined {
  if (type.is === 'map') return type.of;
  if (type.is === 'raw') return DEDUCED;
  if (type.is !== 'struct') return undefined;
  const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
  return field?.type ?? (type.open === true ? DEDUCED : undefined);
}

/** Whether the schema names this field; keys of maps it does not. */
export function isNamed(type: Type, name: string): boolean {
  return type.is === 'struct' && Object.hasOwn(type.fields, name);
}

export function itemsOf(type: Type): Type {
  return type.is === 'list' ? type.of : DEDUCED;
}

/** The item of a list cannot be told from others; the message is upstream's (typed/helpers.go). */
export class ElementError extends Error {
  override readonly name = 'ElementError';
}

/** Path element of an item of a list that is merged (typed/helpers.go listItemToPathElement). Raises ElementError. */
export function itemElement(type: Type, item: unknown): string {
  const merge = type.is === 'list' ? type.merge : undefined;
  const keys = merge?.applyKeys ?? [];
  if (keys.length === 0) return setElement(item);
  if (!isFields(item)) {
    const what = item === null ? 'may not have a null element' : 'may not have non-map elements';
    throw new ElementError(`associative list with keys ${what}`);
  }
  const entries = [...keys].sort().flatMap((name): [string, unknown][] => {
    const value = item[name] ?? merge?.keyDefaults?.[name];
    return value === undefined ? [] : [[name, value]];
  });
  if (entries.length === 0) {
    const names = keys.map((name) => JSON.stringify(name)).join(' ');
    const why = `associative list with keys has an element that omits all key fields [${names}]`;
    throw new ElementError(`${why} (and doesn't have default values for any key fields)`);
  }
  return `k:${JSON.stringify(Object.fromEntries(entries))}`;
}

function setElement(item: unknown): string {
  if (item === null) throw new ElementError('associative list without keys has a null element');
  if (isFields(item)) throw new ElementError("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new ElementError('not supported: associative list with lists as elements');
  return `v:${JSON.stringify(item)}`;
}

export function namesOf(...values: readonly unknown[]): readonly string[] {
  return [...new Set(values.flatMap((value) => (isFields(value) ? Object.keys(value) : [])))];
}

/** A list by path element, in its order; with duplicates the first counts and the others are listed too. */
export function indexItems(type: Type, value: unknown): ReadonlyMap<string, readonly unknown[]> {
  const result = new Map<string, unknown[]>();
  for (const item of Array.isArray(value) ? (value as readonly unknown[]) : []) {
    const element = itemElement(type, item);
    const known = result.get(element);
    if (known === undefined) result.set(element, [item]);
    else known.push(item);
  }
  return result;
}

/** Null, absent, or without content. */
export function isHollow(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
