/**
 * The Go types of the Kubernetes API as data: enough to decode strictly with Go's words, to merge lists by their keys, and to
 * publish OpenAPI. A kind's file writes them with the functions below.
 */
export type Type =
  /** `keep`: a pointer in Go, so that the empty text is written. */
  | { readonly is: 'string' | 'float64'; readonly keep?: boolean }
  /** `omit`: no pointer in Go and `omitempty`, so that zero is as good as absent. */
  | { readonly is: 'bool' | 'int32' | 'int64'; readonly omit?: boolean }
  /** resource.Quantity, metav1.Time, metav1.MicroTime, intstr.IntOrString, []byte (base64), runtime.RawExtension, FieldsV1. */
  | { readonly is: 'quantity' | 'time' | 'microTime' | 'intOrString' | 'bytes' | 'raw' | 'duration' }
  /** `atomic`: server-side apply takes it or leaves it as a whole. */
  | { readonly is: 'map'; readonly of: Type; readonly atomic?: boolean }
  /** `keep`: an empty list is not as good as none. */
  | { readonly is: 'list'; readonly of: Type; readonly merge?: ListMerge; readonly keep?: boolean }
  | StructType;

export interface StructType {
  readonly is: 'struct';
  /** Go's name with its package, e.g. `v1.PodSpec`. */
  readonly go: string;
  /** By JSON name. A thunk where a type holds itself. */
  readonly fields: Readonly<Record<string, Field>>;
  /** Server-side apply takes it or leaves it as a whole (`+structType=atomic`). */
  readonly atomic?: boolean;
  /** Fields that are not listed are kept as they are (custom resources). */
  readonly open?: boolean;
}

export interface Field {
  readonly type: Type;
  /** In documentation and OpenAPI; the decoder does not look at it. */
  readonly required?: boolean;
  /** Strategic merge: `retainKeys` beside the type's own merge rule. */
  readonly retainKeys?: boolean;
}

/** How a list is merged: by strategic merge patch (`patchMergeKey`) and by server-side apply (`listType`, `listMapKeys`). */
export interface ListMerge {
  /** Key of strategic merge; for a list of primitives `''` = merged as a set. Absent: replaced as a whole. */
  readonly patchKey?: string;
  /** Keys of server-side apply; empty = set. Absent: atomic. */
  readonly applyKeys?: readonly string[];
  /** What a key is in an item that does not say. */
  readonly keyDefaults?: Readonly<Record<string, unknown>>;
}

export const text: Type = { is: 'string' };
export const bool: Type = { is: 'bool' };
/** A bool that is not written when false. */
export const flag: Type = { is: 'bool', omit: true };
/** An int32 that is not written when 0. */
export const count: Type = { is: 'int32', omit: true };
export const count64: Type = { is: 'int64', omit: true };
export const int32: Type = { is: 'int32' };
export const int64: Type = { is: 'int64' };
export const quantity: Type = { is: 'quantity' };
export const time: Type = { is: 'time' };
export const microTime: Type = { is: 'microTime' };
export const intOrString: Type = { is: 'intOrString' };
export const bytes: Type = { is: 'bytes' };
export const raw: Type = { is: 'raw' };
export const texts: Type = { is: 'map', of: { is: 'string' } };

export function map(of: Type, atomic = false): Type {
  return { is: 'map', of, ...(atomic ? { atomic } : {}) };
}

/** A list that is replaced as a whole. */
export function list(of: Type): Type {
  return { is: 'list', of };
}

/** A list merged by a key: `keyed(container, 'name')`; server-side apply may use more keys than the patch does. */
export function keyed(of: Type, patchKey: string, applyKeys: readonly string[] = [patchKey]): Type {
  const keyDefaults = Object.fromEntries(applyKeys.map((key) => [key, keyDefault(of, key)]));
  return { is: 'list', of, merge: { patchKey, applyKeys, keyDefaults } };
}

/** Upstream's schema has Go's zero for keys that are no pointers, and TCP for protocols. */
function keyDefault(of: Type, key: string): unknown {
  if (key === 'protocol') return 'TCP';
  return of.is === 'struct' && of.fields[key]?.type.is === 'int32' ? 0 : '';
}

/** A list of primitives that is a set to server-side apply and, when `patch` is true, to strategic merge. */
export function set(of: Type, patch = true): Type {
  return { is: 'list', of, merge: patch ? { patchKey: '', applyKeys: [] } : { applyKeys: [] } };
}

/** A Go struct. Fields are given as types; `retainKeys` ones as `{type, retainKeys: true}`. */
export function struct(go: string, fields: Readonly<Record<string, Type | Field>>, atomic = false): StructType {
  const full = Object.entries(fields).map(([name, field]): [string, Field] => [
    name,
    'is' in field ? { type: field } : field,
  ]);
  return { is: 'struct', go, fields: Object.fromEntries(full), ...(atomic ? { atomic } : {}) };
}

/** Go's name of a type in error texts. */
export function goName(type: Type): string {
  switch (type.is) {
    case 'struct':
      return type.go;
    case 'map':
      return `map[string]${goName(type.of)}`;
    case 'list':
      return `[]${goName(type.of)}`;
    case 'quantity':
      return 'resource.Quantity';
    case 'time':
    case 'microTime':
    case 'duration':
      return 'string';
    case 'intOrString':
      return 'intstr.IntOrString';
    case 'bytes':
      return '[]uint8';
    case 'raw':
      return 'runtime.RawExtension';
    default:
      return type.is;
  }
}
