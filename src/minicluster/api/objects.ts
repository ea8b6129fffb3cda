import type { KubeObject, ObjectMeta } from '../../contracts/kube-client.ts';

/** The object with other metadata; fields given as undefined are left out. */
export function withMeta(
  object: KubeObject,
  change: { readonly [K in keyof ObjectMeta]?: ObjectMeta[K] | undefined },
): KubeObject {
  const metadata = Object.fromEntries(
    Object.entries({ ...object.metadata, ...change }).filter(([, value]) => value !== undefined),
  ) as unknown as ObjectMeta;
  return { ...object, metadata };
}

/** The object without one of its own fields. */
export function without(object: KubeObject, name: string): KubeObject {
  const { [name]: _gone, ...rest } = object;
  return rest as KubeObject;
}

/** Go's reflect.DeepEqual of two JSON values, where an absent field and an undefined one are the same. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]))
    );
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => sameJson(left[name], right[name]));
}

/** A field at a path, or undefined. */
export function fieldAt(object: unknown, path: readonly string[]): unknown {
  let at = object;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

export function deletionTimestampOf({ metadata }: KubeObject): string | undefined {
  return metadata.deletionTimestamp;
}

/** RFC 3339 with whole seconds, as metav1.Time. */
export function timeText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
