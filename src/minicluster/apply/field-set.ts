/**
 * A set of fields of an object (structured-merge-diff fieldpath.Set), as a tree by path element in the form of fieldsV1:
 * `f:name`, `k:{"name":"c"}`, `v:"x"`. `member`: the field itself is in the set, not only what is below it.
 */
export type FieldSet = ReadonlyMap<string, FieldNode>;

export interface FieldNode {
  readonly member: boolean;
  readonly children: FieldSet;
}

export type FieldPathElements = readonly string[];

export const EMPTY: FieldSet = new Map();
const LEAF: FieldNode = { member: true, children: EMPTY };

/** Path element of a field or a key of a map. */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** A set being built. */
export class FieldSetBuilder {
  readonly #root: MutableSet = new Map();

  add(path: FieldPathElements): void {
    let at = this.#root;
    for (const [index, element] of path.entries()) {
      const node = at.get(element) ?? { member: false, children: new Map() };
      at.set(element, node);
      if (index === path.length - 1) node.member = true;
      at = node.children;
    }
  }

  get set(): FieldSet {
    return this.#root;
  }
}

type MutableSet = Map<string, { member: boolean; children: MutableSet }>;

export function setOf(...paths: readonly FieldPathElements[]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of paths) builder.add(path);
  return builder.set;
}

export function isEmpty(set: FieldSet): boolean {
  return ![...set.values()].some(({ member, children }) => member || !isEmpty(children));
}

export function has(set: FieldSet, path: FieldPathElements): boolean {
  const [first = '', ...rest] = path;
  const node = set.get(first);
  if (node === undefined) return false;
  return rest.length === 0 ? node.member : has(node.children, rest);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a.size === 0) return b;
  const result = new Map(a);
  for (const [element, node] of b) {
    const other = a.get(element);
    const member = node.member || other?.member === true;
    result.set(element, other === undefined ? node : { member, children: union(other.children, node.children) });
  }
  return result;
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, (element, node) => {
    const other = b.get(element);
    if (other === undefined) return undefined;
    return { member: node.member && other.member, children: intersection(node.children, other.children) };
  });
}

/** Without the members of `b`; what is below a member of `b` stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, (element, node) => {
    const other = b.get(element);
    if (other === undefined) return node;
    return { member: node.member && !other.member, children: difference(node.children, other.children) };
  });
}

/** Without the members of `b` and everything below them. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, (element, node) => {
    const other = b.get(element);
    if (other?.member === true) return undefined;
    if (other === undefined) return node;
    return { member: node.member, children: recursiveDifference(node.children, other.children) };
  });
}

function combined(a: FieldSet, keep: (element: string, node: FieldNode) => FieldNode | undefined): FieldSet {
  const result = new Map<string, FieldNode>();
  for (const [element, node] of a) {
    const kept = keep(element, node);
    if (kept !== undefined && (kept.member || kept.children.size > 0)) result.set(element, kept);
  }
  return result;
}

export function sameSet(a: FieldSet, b: FieldSet): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([element, node]) => {
    const other = b.get(element);
    return other !== undefined && node.member === other.member && sameSet(node.children, other.children);
  });
}

/** Every member as a path, those of a level before what is below it. */
export function pathsOf(set: FieldSet, above: FieldPathElements = []): readonly FieldPathElements[] {
  const nodes = [...set].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...nodes.filter(([, { member }]) => member).map(([element]) => [...above, element]),
    ...nodes.flatMap(([element, { children }]) => pathsOf(children, [...above, element])),
  ];
}

type FieldsV1 = { readonly [element: string]: FieldsV1 };

/** `fieldsV1` of a managedFields entry. */
export function toFieldsV1(set: FieldSet): FieldsV1 {
  const entries = [...set]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([element, { member, children }]): [string, FieldsV1] => {
      const below = toFieldsV1(children);
      return [element, member && children.size > 0 ? { '.': {}, ...below } : below];
    });
  return Object.fromEntries(entries);
}

/** Undefined when this is no set of fields. */
export function fromFieldsV1(foreign: unknown): FieldSet | undefined {
  if (typeof foreign !== 'object' || foreign === null || Array.isArray(foreign)) return undefined;
  const result = new Map<string, FieldNode>();
  for (const [element, below] of Object.entries(foreign)) {
    if (element === '.') continue;
    const children = /^[fkvi]:/.test(element) ? fromFieldsV1(below) : undefined;
    if (children === undefined) return undefined;
    const member = children.size === 0 || Object.hasOwn(below as object, '.');
    result.set(element, member && children.size === 0 ? LEAF : { member, children });
  }
  return result;
}

/** As messages write a path: `.spec.containers[name="c"].image`. */
export function pathText(path: FieldPathElements): string {
  return path.map(elementText).join('');
}

export function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('i:')) return `[${rest}]`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Readonly<Record<string, unknown>>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}
