import type { KubeObject } from '../../contracts/kube-client.ts';
import { groupVersion } from '../kinds/registry.ts';
import type { Kind, KindVersion } from '../kinds/kind.ts';
import { BEFORE_APPLY } from './field-manager.ts';
import { conflictFailure } from './conflict.ts';
import { difference, EMPTY, fieldElement, has, isEmpty, setOf } from './field-set.ts';
import { type Owner, ownerId, type Owners, readOwners, withOwners } from './managed.ts';

const SUBRESOURCE = 'scale';

export interface ScaleWriting {
  readonly kind: Kind;
  readonly version: KindVersion;
  /** Where the number of replicas is. */
  readonly path: readonly string[];
  readonly manager: string;
  readonly operation: Owner['operation'];
  readonly force: boolean;
}

/**
 * `next` with its owners after a write by the subresource `scale`: who writes owns the one field, and nobody else does
 * (managedfields scalehandler.go, which loses the time). Where nobody owned it, nobody does after an ordinary write.
 */
export function ownedAfterScale(
  writing: ScaleWriting,
  live: KubeObject,
  next: KubeObject,
  changed: boolean,
): KubeObject {
  const owners = readOwners(live.metadata['managedFields']) ?? new Map<string, Owner>();
  const path = writing.path.map(fieldElement);
  const apiVersion = groupVersion(writing.kind.group, writing.version.version);
  const { manager, operation } = writing;
  const author = { manager, operation, apiVersion, subresource: SUBRESOURCE };
  const holders = [...owners.values()].filter(({ fields }) => has(fields, path));
  const held = holders.length > 0;
  if (operation === 'Apply' && changed && !writing.force) refuse(holders, author);
  if (operation === 'Update' && (!held || !changed)) return withOwners(next, owners);
  const fields = setOf(path);
  const left = changed ? withoutPath(owners, path) : owners;
  return withOwners(next, new Map(left).set(ownerId(author), { ...author, time: undefined, fields }));
}

/** Raises ApiFailure 409 when somebody else has the number, or nobody is known to. */
function refuse(holders: readonly Owner[], author: Omit<Owner, 'time' | 'fields'>): void {
  const others = holders.filter((owner) => ownerId(owner) !== ownerId(author));
  if (holders.length > 0 && others.length === 0) return;
  const unknown: Owner = {
    ...author,
    manager: BEFORE_APPLY,
    operation: 'Update',
    apiVersion: 'autoscaling/v1',
    time: undefined,
    fields: EMPTY,
  };
  const path = ['f:spec', 'f:replicas'];
  throw conflictFailure((others.length === 0 ? [unknown] : others).map((owner) => ({ owner, path })));
}

function withoutPath(owners: Owners, path: readonly string[]): Owners {
  const gone = setOf(path);
  const result = new Map<string, Owner>();
  for (const [id, owner] of owners) {
    const fields = difference(owner.fields, gone);
    if (!isEmpty(fields)) result.set(id, { ...owner, fields });
  }
  return result;
}
