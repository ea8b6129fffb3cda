import type { Selector } from '../../kube/label-selector.ts';
import type { ResourceKind } from '../provider.ts';

type Awaitable<T> = T | Promise<T>;

/** What the cluster has: kinds of objects, and names of objects. */
export interface ObjectDirectory {
  /** The kind that a path means (`pods`, `deployments.apps`, also singular or in capitals), or undefined. Raises ML-KUBE-*. */
  resolve(resource: string): Awaitable<ResourceKind | undefined>;
  /** Names of the objects in a namespace (undefined: cluster-scoped) that match, sorted. Raises ML-KUBE-*, ML-METRIC-OBJECTS. */
  names(kind: ResourceKind, namespace: string | undefined, selector: Selector): Awaitable<readonly string[]>;
  /** Changes whenever an answer of `names` may have changed. */
  readonly revision: number;
  stop(): void;
}

/** `deployments.apps` → name and group; a name without a dot, or with nothing behind it, has no group. */
export function splitResource(text: string): { readonly resource: string; readonly group: string | undefined } {
  const lower = text.toLowerCase();
  const dot = lower.indexOf('.');
  return dot < 0
    ? { resource: lower, group: undefined }
    : { resource: lower.slice(0, dot), group: lower.slice(dot + 1) || undefined };
}

/** A kind with the names that it may be called by. */
export interface KnownKind extends ResourceKind {
  readonly singular: string;
}

/**
 * The first kind of that name; a missing group means any, the core group first. A group that is none may be the beginning of
 * one (`ingresses.networking`), as in upstream's REST mapper (apimachinery pkg/api/meta/restmapper.go ResourcesFor).
 */
export function findKind(kinds: readonly KnownKind[], text: string): ResourceKind | undefined {
  const { resource, group } = splitResource(text);
  const named = kinds.filter((kind) => kind.resource === resource || kind.singular === resource);
  const found =
    group === undefined
      ? (named.find((kind) => kind.group === '') ?? named[0])
      : (named.find((kind) => kind.group === group) ?? named.find((kind) => kind.group.startsWith(group)));
  if (found === undefined) return undefined;
  const { singular: _, ...rest } = found;
  return rest;
}
