import type { KubeObject } from '../../contracts/kube-client.ts';
import type { Kind, KindVersion } from '../kinds/kind.ts';
import { groupVersion } from '../kinds/registry.ts';
import {
  difference,
  EMPTY,
  type FieldPathElements,
  type FieldSet,
  fieldElement,
  intersection,
  isEmpty,
  pathsOf,
  recursiveDifference,
  setOf,
  union,
} from './field-set.ts';
import { ownerId, type Owner, type Owners } from './managed.ts';
import { mergeTypeOf } from './schema.ts';
import { merge } from './merge.ts';
import { type Comparison, compare, fieldSetOf, removeFields, withNamedFields } from './walk.ts';

// structured-merge-diff merge/update.go

/** An object in the version of a request, and how to see it in others. */
export interface Versioned {
  readonly kind: Kind;
  readonly version: KindVersion;
  readonly object: KubeObject;
}

export interface Conflict {
  readonly owner: Owner;
  readonly path: FieldPathElements;
}

/** Others own fields that an apply would change. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super(`${conflicts.length} conflicts`);
    this.conflicts = conflicts;
  }
}

/** What names an object, and what the server writes, belongs to nobody (managedfields stripmeta.go). */
const NOT_OWNED: FieldSet = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => ['f:metadata', fieldElement(name)]),
);

/** Who makes a change: an owner whose fields are not known yet. */
export type Author = Omit<Owner, 'fields'>;

/** Owners after an ordinary write. `ignored`: fields that this part of the object does not write. */
export function updated(live: Versioned, next: KubeObject, owners: Owners, author: Author, ignored: FieldSet): Owners {
  const id = ownerId(author);
  const { owners: left, comparison } = settle(live, next, owners, id, true, ignored);
  const { added, modified, removed } = comparison;
  const own = left.get(id);
  const touched = difference(recursiveDifference(union(modified, added), ignored), NOT_OWNED);
  const fields = union(difference(own?.fields ?? EMPTY, removed), touched);
  const time = isEmpty(touched) ? own?.time : author.time;
  return withOwner(left, id, { ...author, time, fields });
}

/**
 * The live object with what is applied, and its owners; `object` is undefined when nothing changes. Raises ConflictError.
 */
export function applied(
  live: Versioned,
  config: unknown,
  owners: Owners,
  author: Author,
  force: boolean,
  ignored: FieldSet,
): { readonly object: unknown; readonly owners: Owners } {
  const type = mergeTypeOf(live.version);
  const id = ownerId(author);
  const last = owners.get(id);
  const fields = recursiveDifference(fieldSetOf(type, config), ignored);
  const all = new Map(owners).set(id, { ...author, time: last?.time, fields });
  const object = pruned(live, merge(type, live.object, config), all, last, ignored);
  // Only now: the name that every apply says keeps `metadata` from being taken away with its last label.
  const stripped = new Map(all).set(id, { ...author, time: last?.time, fields: difference(fields, NOT_OWNED) });
  const { owners: left, comparison } = settle(live, object as KubeObject, stripped, id, force, ignored);
  const { added, modified, removed } = comparison;
  const changes = !(isEmpty(added) && isEmpty(modified) && isEmpty(removed));
  return { object: changes ? object : undefined, owners: left };
}

/** Takes what changed from the others. Raises ConflictError unless `force`. */
function settle(
  live: Versioned,
  next: KubeObject,
  owners: Owners,
  author: string,
  force: boolean,
  ignored: FieldSet,
): { readonly owners: Owners; readonly comparison: Comparison } {
  const own = groupVersion(live.kind.group, live.version.version);
  const comparisons = new Map([[own, filtered(compare(mergeTypeOf(live.version), live.object, next), ignored)]]);
  const result = new Map<string, Owner>();
  const conflicts: Conflict[] = [];
  for (const [id, owner] of owners) {
    const known = comparisons.get(owner.apiVersion) ?? compareIn(owner.apiVersion, live, next, ignored);
    if (known === undefined) continue;
    comparisons.set(owner.apiVersion, known);
    if (id === author) {
      result.set(id, owner);
      continue;
    }
    const lost = intersection(owner.fields, union(known.modified, known.added));
    conflicts.push(...pathsOf(lost).map((path) => ({ owner, path })));
    const fields = difference(difference(owner.fields, lost), known.removed);
    if (!isEmpty(fields)) result.set(id, { ...owner, fields });
  }
  if (!force && conflicts.length > 0) throw new ConflictError(conflicts);
  const mine = result.get(author);
  if (mine !== undefined && isEmpty(mine.fields)) result.delete(author);
  return { owners: result, comparison: comparisons.get(own) ?? compare(mergeTypeOf(live.version), live.object, next) };
}

function filtered({ added, modified, removed }: Comparison, ignored: FieldSet): Comparison {
  if (ignored.size === 0) return { added, modified, removed };
  const without = (set: FieldSet) => recursiveDifference(set, ignored);
  return { added: without(added), modified: without(modified), removed: without(removed) };
}

/** The same change as another version shows it; undefined when there is no such version (any more). */
function compareIn(apiVersion: string, live: Versioned, next: KubeObject, ignored: FieldSet): Comparison | undefined {
  const version = versionOf(live.kind, apiVersion);
  if (version === undefined) return undefined;
  const [before, after] = [live.object, next].map((object) => converted(object, live.version, version));
  return filtered(compare(mergeTypeOf(version), before, after), ignored);
}

/** Takes away what was applied last time, is not applied any more, and belongs to nobody else (update.go prune). */
function pruned(live: Versioned, merged: unknown, owners: Owners, last: Owner | undefined, ignored: FieldSet): unknown {
  const before = last === undefined ? EMPTY : recursiveDifference(last.fields, ignored);
  const version = last === undefined ? undefined : versionOf(live.kind, last.apiVersion);
  if (isEmpty(before) || version === undefined) return merged;
  const whole = converted(merged, live.version, version);
  const type = mergeTypeOf(version);
  const named = (set: FieldSet) => withNamedFields(type, set);
  let rest = removeFields(type, whole, named(before));
  // Back with what others own, then with what hangs on nothing of ours.
  for (const [name, owned] of ownedByVersion(owners, last?.apiVersion ?? '')) {
    const other = versionOf(live.kind, name);
    if (other !== undefined) rest = addBack(whole, rest, owned, version, other);
  }
  const removed = difference(named(fieldSetOf(type, whole)), named(fieldSetOf(type, rest)));
  const left = removeFields(type, whole, intersection(removed, named(before)));
  return converted(left, version, live.version);
}

function addBack(whole: unknown, rest: unknown, owned: FieldSet, from: KindVersion, to: KindVersion): unknown {
  const [all, kept] = [whole, rest].map((value) => converted(value, from, to));
  const named = (set: FieldSet) => withNamedFields(mergeTypeOf(to), set);
  const keep = union(named(fieldSetOf(mergeTypeOf(to), kept)), named(owned));
  const back = removeFields(mergeTypeOf(to), all, difference(named(fieldSetOf(mergeTypeOf(to), all)), keep));
  return converted(back, to, from);
}

/** What owners have, by version, the given one first. */
function ownedByVersion(owners: Owners, first: string): readonly (readonly [string, FieldSet])[] {
  const result = new Map<string, FieldSet>([[first, EMPTY]]);
  for (const { apiVersion, fields } of owners.values()) {
    result.set(apiVersion, union(result.get(apiVersion) ?? EMPTY, fields));
  }
  return [...result];
}

function withOwner(owners: Owners, id: string, owner: Owner): Owners {
  const result = new Map(owners);
  if (isEmpty(owner.fields)) result.delete(id);
  else result.set(id, owner);
  return result;
}

export function versionOf(kind: Kind, apiVersion: string): KindVersion | undefined {
  return kind.versions.find(({ version }) => groupVersion(kind.group, version) === apiVersion);
}

function converted(object: unknown, from: KindVersion, to: KindVersion): unknown {
  if (from.version === to.version) return object;
  const stored = from.toStored?.(object as KubeObject) ?? object;
  return to.fromStored?.(stored as KubeObject) ?? stored;
}
