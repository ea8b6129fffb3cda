import { sameJson } from '../api/objects.ts';
import type { Type } from '../schema/type.ts';
import { EMPTY, type FieldPathElements, type FieldSet, FieldSetBuilder, fieldElement } from './field-set.ts';
import {
  childOf,
  DEDUCED,
  indexItems,
  isFields,
  isHollow,
  isNamed,
  itemElement,
  itemsOf,
  namesOf,
  shapeOf,
} from './schema.ts';

// structured-merge-diff typed/: what is done with one value or two along their type.

/** Every field that a value holds (tofieldset.go). */
export function fieldSetOf(type: Type, value: unknown): FieldSet {
  const builder = new FieldSetBuilder();
  collect(type, value, [], builder);
  return builder.set;
}

function collect(type: Type, value: unknown, path: FieldPathElements, into: FieldSetBuilder): void {
  const shape = shapeOf(type, value);
  if (shape === 'map') {
    for (const [name, child] of Object.entries(isFields(value) ? value : {})) {
      const below = [...path, fieldElement(name)];
      collect(childOf(type, name) ?? DEDUCED, child, below, into);
      const empty = child === null || (isFields(child) && Object.keys(child).length === 0);
      if (empty || !isNamed(type, name)) into.add(below);
    }
  } else if (shape === 'list') {
    for (const [element, items] of indexItems(type, value)) {
      const below = [...path, element];
      if (items.length === 1) collect(itemsOf(type), items[0], below, into);
      into.add(below);
    }
  } else into.add(path);
}

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** What became of a value (compare.go). */
export function compare(type: Type, before: unknown, after: unknown): Comparison {
  const into = { added: new FieldSetBuilder(), modified: new FieldSetBuilder(), removed: new FieldSetBuilder() };
  compareAt(type, before, after, [], into);
  return { added: into.added.set, modified: into.modified.set, removed: into.removed.set };
}

interface Differences {
  readonly added: FieldSetBuilder;
  readonly modified: FieldSetBuilder;
  readonly removed: FieldSetBuilder;
}

function compareAt(type: Type, before: unknown, after: unknown, path: FieldPathElements, into: Differences): void {
  const shape = shapeOf(type, before, after);
  const leaf = shape === 'scalar' || shape === 'atomic' || (isHollow(before) && isHollow(after));
  if (!leaf && shape === 'map') {
    for (const name of namesOf(before, after)) {
      const [left, right] = [fieldIn(before, name), fieldIn(after, name)];
      compareAt(childOf(type, name) ?? DEDUCED, left, right, [...path, fieldElement(name)], into);
    }
  } else if (!leaf) compareLists(type, before, after, path, into);
  if (before === undefined && path.length > 0) into.added.add(path);
  else if (after === undefined && path.length > 0) into.removed.add(path);
  else if (leaf && !sameJson(before, after)) into.modified.add(path);
}

/** Items that stand twice are compared as a whole. */
function compareLists(type: Type, before: unknown, after: unknown, path: FieldPathElements, into: Differences): void {
  const [left, right] = [indexItems(type, before), indexItems(type, after)];
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    const [old = [], now = []] = [left.get(element), right.get(element)];
    const below = [...path, element];
    if (old.length <= 1 && now.length <= 1) compareAt(itemsOf(type), old[0], now[0], below, into);
    else if (old.length >= 2 && now.length >= 2) {
      if (!sameJson(old, now)) into.modified.add(below);
    } else if (old.length >= 2) {
      if (now.length === 1) compareAt(itemsOf(type), undefined, now[0], below, into);
      into.removed.add(below);
    } else {
      if (old.length === 1) compareAt(itemsOf(type), old[0], undefined, below, into);
      into.added.add(below);
    }
  }
}

/** A value without these fields (remove.go); what becomes empty by that is null. */
export function removeFields(type: Type, value: unknown, gone: FieldSet): unknown {
  const shape = shapeOf(type, value);
  if (gone.size === 0 || shape === 'scalar') return value;
  if (shape === 'atomic') return null;
  if (shape === 'list') {
    if (!Array.isArray(value)) return null;
    const items = (value as readonly unknown[]).flatMap((item) => {
      const node = gone.get(itemElement(type, item));
      return node?.member === true ? [] : [removeFields(itemsOf(type), item, node?.children ?? EMPTY)];
    });
    return items.length === 0 ? null : items;
  }
  if (!isFields(value)) return null;
  const entries = Object.entries(value).flatMap(([name, child]): [string, unknown][] => {
    const node = gone.get(fieldElement(name));
    if (node?.member === true) return [];
    return [[name, removeFields(childOf(type, name) ?? DEDUCED, child, node?.children ?? EMPTY)]];
  });
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** The set with every named field that only has something below it (fieldpath EnsureNamedFieldsAreMembers). */
export function withNamedFields(type: Type, set: FieldSet): FieldSet {
  const result = new Map<string, { readonly member: boolean; readonly children: FieldSet }>();
  for (const [element, { member, children }] of set) {
    const name = element.startsWith('f:') ? element.slice(2) : undefined;
    const below = name === undefined ? itemsOf(type) : (childOf(type, name) ?? DEDUCED);
    const named = name !== undefined && isNamed(type, name);
    result.set(element, { member: member || named, children: withNamedFields(below, children) });
  }
  return result;
}

/** A field of a value that has one. */
export function fieldIn(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
