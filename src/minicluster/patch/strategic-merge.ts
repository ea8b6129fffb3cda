import type { Field, Type } from '../schema/type.ts';

/** The patch cannot be applied; the message is upstream's (apimachinery pkg/util/strategicpatch). */
export class StrategicMergeError extends Error {
  override readonly name = 'StrategicMergeError';
}

type Fields = Readonly<Record<string, unknown>>;

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const SET_ORDER = '$setElementOrder/';
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/';

/**
 * Strategic merge patch (strategicpatch/patch.go mergeMap): lists that have a merge key are merged by it, with the directives
 * `$patch`, `$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList`. Neither argument is changed. Raises
 * StrategicMergeError.
 */
export function applyStrategicMerge(type: Type | undefined, original: unknown, patch: unknown): unknown {
  return isFields(patch) ? mergeMap(type, isFields(original) ? original : {}, patch) : patch;
}

function mergeMap(type: Type | undefined, original: Fields, patch: Fields): unknown {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return without(patch, [DIRECTIVE]);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(directive, patch);
  const result: Record<string, unknown> = retained(original, patch);
  const orders = new Map<string, readonly unknown[]>();
  for (const [name, value] of Object.entries(patch)) {
    if (name === DIRECTIVE || name === RETAIN_KEYS) continue;
    if (name.startsWith(SET_ORDER)) orders.set(name.slice(SET_ORDER.length), asList(value, name));
    else if (name.startsWith(DELETE_PRIMITIVES)) {
      const list = name.slice(DELETE_PRIMITIVES.length);
      const gone = new Set(asList(value, name));
      const present = result[list];
      if (Array.isArray(present)) result[list] = present.filter((item) => !gone.has(item));
    }
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$')) continue;
    if (value === null) delete result[name];
    else result[name] = mergeValue(childType(type, name), result[name], value, orders.get(name));
  }
  for (const [name, order] of orders) {
    const present = result[name];
    if (Array.isArray(present) && !Object.hasOwn(patch, name)) {
      const key = patchKeyOf(childType(type, name)?.type);
      if (key !== undefined) result[name] = inOrder(key, present, present, order);
    }
  }
  return result;
}

/** `$retainKeys`: what it does not name goes. */
function retained(original: Fields, patch: Fields): Record<string, unknown> {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return { ...original };
  const kept = new Set(asList(keys, RETAIN_KEYS));
  const extra = Object.keys(patch).find((name) => !name.startsWith('$') && patch[name] !== null && !kept.has(name));
  if (extra !== undefined) {
    throw new StrategicMergeError(`${RETAIN_KEYS} list doesn't contain all keys present in the patch`);
  }
  return Object.fromEntries(Object.entries(original).filter(([name]) => kept.has(name)));
}

function mergeValue(
  field: Field | undefined,
  original: unknown,
  value: unknown,
  order: readonly unknown[] | undefined,
): unknown {
  const type = field?.type;
  if (isFields(value)) return isFields(original) ? mergeMap(type, original, value) : withoutDirectives(type, value);
  if (!Array.isArray(value)) return value;
  const key = patchKeyOf(type);
  if (type?.is !== 'list' || key === undefined) return value;
  const before = Array.isArray(original) ? (original as readonly unknown[]) : [];
  if (key === '') return inOrder(key, [...new Set([...before, ...(value as unknown[])])], before, order ?? value);
  return mergeKeyed(type, key, before, value, order);
}

function mergeKeyed(
  type: Type & { is: 'list' },
  key: string,
  original: readonly unknown[],
  patch: readonly unknown[],
  order: readonly unknown[] | undefined,
): unknown {
  const replace = patch.some((item) => isFields(item) && item[DIRECTIVE] === 'replace');
  if (replace) return patch.filter((item) => !isFields(item) || item[DIRECTIVE] !== 'replace');
  const gone = patch.filter((item): item is Fields => isFields(item) && item[DIRECTIVE] === 'delete');
  const keysGone = new Set(gone.map((item) => keyOf(item, key)));
  const items = original.filter((item) => !isFields(item) || !keysGone.has(item[key]));
  const changes = patch.filter((item) => !isFields(item) || item[DIRECTIVE] !== 'delete');
  const added: unknown[] = [];
  for (const change of changes) {
    if (!isFields(change)) throw new StrategicMergeError('invalid element in a list that is merged by a key');
    const wanted = keyOf(change, key);
    const at = items.findIndex((item) => isFields(item) && item[key] === wanted);
    const present = at < 0 ? undefined : items[at];
    const merged = isFields(present) ? mergeMap(type.of, present, change) : withoutDirectives(type.of, change);
    if (at < 0) added.push(merged);
    else items[at] = merged;
  }
  return inOrder(key, [...items, ...added], original, order ?? changes);
}

/**
 * The order of a merged list (normalizeElementOrder, mergeSortedSlice): what `order` names, in that order (without
 * `$setElementOrder` it is the patch itself), and between it what only the server has, each item before the first one that
 * followed it on the server.
 */
function inOrder(
  key: string,
  merged: readonly unknown[],
  server: readonly unknown[],
  order: readonly unknown[],
): readonly unknown[] {
  const idOf = (item: unknown) => (key === '' ? item : isFields(item) ? item[key] : undefined);
  const wanted = order.map(idOf);
  const place = new Map(server.map((item, position) => [idOf(item), position]));
  const byServer = (a: unknown, b: unknown) => (place.get(idOf(a)) ?? 0) - (place.get(idOf(b)) ?? 0);
  const left = merged.filter((item) => !wanted.includes(idOf(item))).sort(byServer);
  const right = wanted.flatMap((id) => merged.find((item) => idOf(item) === id) ?? []);
  const result: unknown[] = [];
  for (let [i, j] = [0, 0]; i < left.length || j < right.length; ) {
    const [l, r] = [place.get(idOf(left[i])), place.get(idOf(right[j]))];
    const leftFirst = j >= right.length || (i < left.length && l !== undefined && r !== undefined && l < r);
    result.push(leftFirst ? left[i++] : right[j++]);
  }
  return result;
}

/** A patch that becomes the value: its directives have had their say. */
function withoutDirectives(type: Type | undefined, value: Fields): unknown {
  // removeDirectives: what is to replace or delete something that is not there leaves nothing.
  if (value[DIRECTIVE] === 'replace' || value[DIRECTIVE] === 'delete') return {};
  return mergeMap(type, {}, value);
}

function childType(type: Type | undefined, name: string): Field | undefined {
  if (type?.is === 'struct') return Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
  return type?.is === 'map' ? { type: type.of } : undefined;
}

function patchKeyOf(type: Type | undefined): string | undefined {
  return type?.is === 'list' ? type.merge?.patchKey : undefined;
}

function keyOf(item: Fields, key: string): unknown {
  const value = item[key];
  if (value !== undefined) return value;
  throw new StrategicMergeError(`map: ${goMap(item)} does not contain declared merge key: ${key}`);
}

function unknownDirective(directive: unknown, patch: Fields): StrategicMergeError {
  return new StrategicMergeError(`unknown patch type: ${String(directive)} in map: ${goMap(patch)}`);
}

function asList(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new StrategicMergeError(`expected a list at ${name}`);
}

/** Go's %v of a map: keys sorted. */
export function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (!isFields(value)) return value === null ? '<nil>' : String(value);
  const entries = Object.keys(value).sort();
  return `map[${entries.map((name) => `${name}:${goMap(value[name])}`).join(' ')}]`;
}

function without(value: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
