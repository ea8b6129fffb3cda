import type { KubeObject } from '../../contracts/kube-client.ts';
import { sameJson, withMeta } from '../api/objects.ts';
import type { Part } from '../api/rest.ts';
import type { Kind, KindVersion } from '../kinds/kind.ts';
import { groupVersion } from '../kinds/registry.ts';
import { EMPTY, type FieldSet, setOf, union } from './field-set.ts';
import { isReset, type Owner, ownerId, type Owners, readOwners, withoutTimes, withOwners } from './managed.ts';
import { ElementError } from './schema.ts';
import { type Author, applied, updated } from './updater.ts';
import { zeroOf } from './zero.ts';

// k8s.io/apimachinery pkg/util/managedfields/internal

/** One write, as far as ownership goes. */
export interface Writing {
  readonly kind: Kind;
  /** The version that the request speaks. */
  readonly version: KindVersion;
  readonly part: Part;
  readonly manager: string;
  /** RFC 3339. */
  readonly now: string;
}

/** More owners by update than this, and the oldest become one. */
const MAX_UPDATERS = 10;
const OLD_UPDATES = 'ancient-changes';
export const BEFORE_APPLY = 'before-first-apply';

/**
 * `next` with its owners after an ordinary write (fieldmanager.go UpdateNoErrors). Both objects are in the stored version, with
 * defaults; `live` is undefined for a creation.
 */
export function ownedAfterUpdate(writing: Writing, live: KubeObject | undefined, next: KubeObject): KubeObject {
  const given = next.metadata['managedFields'];
  const before = readOwners(live?.metadata['managedFields']) ?? new Map<string, Owner>();
  const own = writing.part === 'status' ? undefined : readOwners(given);
  const reset = writing.part !== 'status' && isReset(given);
  const owners = reset ? new Map<string, Owner>() : own !== undefined && own.size > 0 ? own : before;
  // Who let the owners be forgotten is left alone until somebody applies.
  if (owners.size === 0 && live !== undefined) return withOwners(next, owners);
  const after = ownersOrSame(owners, () => ownersAfter(writing, live, next, owners, authorOf(writing, 'Update')));
  return keepTimes(withOwners(next, capped(after)), live);
}

/** An object that does not fit its type is refused later, by its kind's rules; until then nobody owns more (Update by-passes). */
function ownersOrSame(owners: Owners, after: () => Owners): Owners {
  try {
    return after();
  } catch (error) {
    if (error instanceof ElementError) return owners;
    throw error;
  }
}

function ownersAfter(
  { kind, version, part }: Writing,
  live: KubeObject | undefined,
  next: KubeObject,
  owners: Owners,
  author: Author,
): Owners {
  const object = live === undefined ? zeroOf(kind, version) : shownIn(version, live);
  return updated({ kind, version, object }, shownIn(version, next), owners, author, resetFields(kind, part));
}

export interface Applied {
  /** In the version of the request; undefined when nothing changes but owners. */
  readonly object: unknown;
  readonly owners: Owners;
}

/** What an apply makes of the live object (undefined: there is none), in the version of the request. Raises ConflictError. */
export function ownedAfterApply(
  writing: Writing,
  live: KubeObject | undefined,
  config: unknown,
  force: boolean,
): Applied {
  const { kind, version, part } = writing;
  const object = live === undefined ? zeroOf(kind, version) : shownIn(version, live);
  let owners = readOwners(live?.metadata['managedFields']) ?? new Map<string, Owner>();
  if (owners.size === 0 && live !== undefined) {
    owners = ownersAfter(writing, undefined, live, owners, authorOf({ ...writing, manager: BEFORE_APPLY }, 'Update'));
  }
  const author = authorOf(writing, 'Apply');
  const result = applied({ kind, version, object }, config, owners, author, force, resetFields(kind, part));
  const mine = result.owners.get(ownerId(author));
  if (result.object === undefined || mine === undefined) return result;
  return { ...result, owners: new Map(result.owners).set(ownerId(author), { ...mine, time: writing.now }) };
}

/** Where only times of owners would change, the old ones stay (fieldmanager IgnoreManagedFieldsTimestampsTransformer). */
export function keepTimes(next: KubeObject, live: KubeObject | undefined): KubeObject {
  if (live === undefined) return next;
  const [before, after] = [live.metadata['managedFields'], next.metadata['managedFields']];
  if (!sameJson(withoutTimes(before), withoutTimes(after))) return next;
  const plain = (object: KubeObject) => withMeta(object, { managedFields: undefined, resourceVersion: undefined });
  return sameJson(plain(next), plain(live)) ? withMeta(next, { managedFields: before }) : next;
}

function authorOf({ kind, version, part, manager, now }: Writing, operation: Owner['operation']): Author {
  const apiVersion = groupVersion(kind.group, version.version);
  return { manager, operation, apiVersion, subresource: part === 'status' ? part : '', time: now };
}

function shownIn(version: KindVersion, object: KubeObject): KubeObject {
  return version.fromStored?.(object) ?? object;
}

/** What a write of this part of an object does not touch (strategies' GetResetFields). */
function resetFields(kind: Kind, part: Part): FieldSet {
  if (kind.subresources?.status !== true || part === 'other') return EMPTY;
  if (part === 'main') return setOf(['f:status']);
  const labels = kind.plural === 'deployments' && kind.group === 'apps' ? [['f:metadata', 'f:labels']] : [];
  return setOf(['f:spec'], ...labels);
}

/** capmanagers.go: entries of the oldest updates of a version are joined. */
function capped(owners: Owners): Owners {
  const updaters = [...owners.values()]
    .filter(({ operation }) => operation === 'Update')
    .sort((a, b) => `${a.time ?? ''} ${ownerId(a)}`.localeCompare(`${b.time ?? ''} ${ownerId(b)}`));
  if (updaters.length <= MAX_UPDATERS) return owners;
  const result = new Map(owners);
  const firsts = new Map<string, Owner>();
  let count = updaters.length;
  for (const owner of updaters) {
    if (count <= MAX_UPDATERS) break;
    const first = firsts.get(owner.apiVersion);
    if (first === undefined) {
      firsts.set(owner.apiVersion, owner);
      continue;
    }
    const bucket: Owner = { ...owner, manager: OLD_UPDATES, subresource: '' };
    const present = result.get(ownerId(bucket)) ?? first;
    result.delete(ownerId(first));
    result.delete(ownerId(owner));
    result.set(ownerId(bucket), { ...bucket, fields: union(owner.fields, present.fields) });
    count -= 1;
  }
  return result;
}
