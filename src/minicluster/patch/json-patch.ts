import { z } from 'zod';

/** The patch is a list of operations, but one of them cannot be applied. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
}

const Operation = z.object({
  op: z.string(),
  path: z.string(),
  from: z.string().optional(),
  value: z.unknown().optional(),
});
type Operation = z.infer<typeof Operation>;

/** patch.go maxJSONPatchOperations. */
export const MAX_OPERATIONS = 10_000;

/**
 * RFC 6902 as kube-apiserver applies it (evanphx/json-patch v4): replacing a missing member of an object adds it. The document
 * is not changed; the result shares what was not touched. Raises JsonPatchError.
 */
export function applyJsonPatch(document: unknown, operations: readonly unknown[]): unknown {
  let result: unknown = structuredClone(document);
  for (const foreign of operations) {
    const parsed = Operation.safeParse(foreign);
    if (!parsed.success) throw new JsonPatchError('not an operation');
    result = applyOne(result, parsed.data);
  }
  return result;
}

function applyOne(document: unknown, operation: Operation): unknown {
  const path = pointer(operation.path);
  switch (operation.op) {
    case 'add':
      return put(document, path, operation.value, 'add');
    case 'replace':
      return put(document, path, operation.value, 'replace');
    case 'remove':
      return take(document, path).rest;
    case 'move': {
      const { value, rest } = take(document, pointer(operation.from ?? ''));
      return put(rest, path, value, 'add');
    }
    case 'copy':
      return put(document, path, structuredClone(get(document, pointer(operation.from ?? ''))), 'add');
    case 'test':
      if (!same(get(document, path, true) ?? null, operation.value ?? null)) throw new JsonPatchError('test failed');
      return document;
    default:
      throw new JsonPatchError(`unexpected operation ${operation.op}`);
  }
}

/** RFC 6901. */
function pointer(text: string): readonly string[] {
  if (text === '') return [];
  if (!text.startsWith('/')) throw new JsonPatchError(`not a pointer: ${text}`);
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function get(document: unknown, path: readonly string[], missingIsNull = false): unknown {
  let at = document;
  for (const [depth, part] of path.entries()) {
    const next = child(at, part);
    if (next === undefined) {
      if (missingIsNull && depth === path.length - 1 && isContainer(at)) return null;
      throw new JsonPatchError(`missing path ${part}`);
    }
    at = next;
  }
  return at;
}

function child(at: unknown, part: string): unknown {
  if (Array.isArray(at)) return at[index(part, at.length - 1)] as unknown;
  return isFields(at) && Object.hasOwn(at, part) ? at[part] : undefined;
}

function put(document: unknown, path: readonly string[], value: unknown, how: 'add' | 'replace'): unknown {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = get(document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    if (how === 'replace') parent[index(last, parent.length - 1)] = value;
    else parent.splice(last === '-' ? parent.length : index(last, parent.length), 0, value);
  } else if (isFields(parent)) parent[last] = value;
  else throw new JsonPatchError(`${last} has no parent`);
  return document;
}

function take(document: unknown, path: readonly string[]): { readonly value: unknown; readonly rest: unknown } {
  const last = path.at(-1);
  if (last === undefined) return { value: document, rest: undefined };
  const parent = get(document, path.slice(0, -1));
  const value = child(parent, last);
  if (value === undefined) throw new JsonPatchError(`missing path ${last}`);
  if (Array.isArray(parent)) parent.splice(index(last, parent.length - 1), 1);
  else if (isFields(parent)) delete parent[last];
  return { value, rest: document };
}

function index(part: string, max: number): number {
  const number = /^(0|-?[1-9]\d*)$/.test(part) ? Number(part) : Number.NaN;
  const from = number < 0 ? number + max + 1 : number;
  if (from >= 0 && from <= max) return from;
  throw new JsonPatchError(`no such index ${part}`);
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, position) => same(item, b[position]));
  if (!isFields(a) || !isFields(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return isContainer(value) && !Array.isArray(value);
}
