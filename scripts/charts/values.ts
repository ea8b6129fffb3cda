import type { KubeObject } from '../../src/contracts/kube-client.ts';

/**
 * Where a chart's objects get their values from. The objects are made twice by the same builders: out of real values (the tests do),
 * and out of holes, which become expressions of a template (`npm run generate` does).
 */
export interface Values {
  /** `path` as in `--set`, e.g. `image.tag`. */
  text(path: string): string;
  /** A text of which the schema allows these only. */
  choice<T extends string>(path: string): T;
  /** A whole number. */
  integer(path: string): number;
  fraction(path: string): number;
  /** A list or map as the user wrote it. */
  tree<T extends object>(path: string): T;
  /** As `tree`, and undefined when it is empty. */
  treeIfAny<T extends object>(path: string): T | undefined;
  textIfAny(path: string): string | undefined;
  /** One string for each of a list; as holes it is one that stands for all. */
  each(path: string): readonly string[];
  /** What the chart makes itself (a password, a certificate), by the name of its helper in _helpers.tpl. */
  made(helper: string): string;
  madeIfAny(helper: string): string | undefined;
  /** SHA-256 of a key of a Secret that the chart has, its first 16 digits. */
  digestOf(secret: string, key: string, text: string): string;
  readonly release: { readonly name: string; readonly namespace: string };
}

/** Holds when the value at `path` is one of these. */
export interface Condition {
  readonly path: string;
  readonly is: readonly (string | boolean)[];
}

/** An object of a chart, and when it is there: all conditions hold. */
export interface Part {
  readonly when: readonly Condition[];
  readonly object: KubeObject;
}

export const when = (path: string, ...is: readonly (string | boolean)[]): Condition => ({ path, is });

/** These objects, under these conditions. */
export function parts(conditions: readonly Condition[], objects: readonly KubeObject[]): readonly Part[] {
  return objects.map((object) => ({ when: conditions, object }));
}

/** What differs by the value at `path`, for groups of values that make no difference: an object that is the same for all needs no condition. */
export function byValue<T extends string | boolean>(
  path: string,
  groups: readonly (readonly T[])[],
  build: (group: readonly T[]) => readonly KubeObject[],
): readonly Part[] {
  const found = new Map<string, { readonly object: KubeObject; readonly groups: (readonly T[])[] }>();
  for (const group of groups) {
    for (const object of build(group)) {
      const known = found.get(JSON.stringify(object));
      if (known === undefined) found.set(JSON.stringify(object), { object, groups: [group] });
      else known.groups.push(group);
    }
  }
  return [...found.values()].map(({ object, groups: those }) => ({
    when: those.length === groups.length ? [] : [when(path, ...those.flat())],
    object,
  }));
}
