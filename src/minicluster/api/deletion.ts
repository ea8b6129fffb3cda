import type { KubeObject } from '../../contracts/kube-client.ts';
import type { Kind } from '../kinds/kind.ts';
import { timeText, withMeta } from './objects.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * What a deletion makes of an object (registry/rest/delete.go BeforeDelete): marked with time and grace period where it has to
 * wait for somebody; `over` = nothing stands in the way of removing it.
 */
export function deletionStep(
  kind: Kind,
  present: KubeObject,
  options: DeleteOptions,
  now: number,
): { readonly object: KubeObject; readonly over: boolean } {
  const object = withFinalizers(present, options);
  const { metadata } = object;
  const free = (metadata.finalizers ?? []).length === 0;
  const natural = kind.graceSeconds?.(object);
  if (natural === undefined && free) return { object, over: true };
  // An object without grace of its own (0) takes none from the caller either.
  const grace = natural === undefined || natural === 0 ? 0 : (options.gracePeriodSeconds ?? natural);
  const before = metadata.deletionTimestamp === undefined ? undefined : (metadata.deletionGracePeriodSeconds ?? 0);
  if (before !== undefined && grace >= before) return { object, over: before === 0 && free };
  const raised = before === undefined && metadata.generation !== undefined;
  const marked = withMeta(object, {
    deletionTimestamp: timeText(now + grace * 1000),
    deletionGracePeriodSeconds: grace,
    ...(raised ? { generation: (metadata.generation ?? 0) + 1 } : {}),
  });
  return { object: marked, over: grace === 0 && free };
}

/** store.go deletionFinalizersForGarbageCollection: the policy becomes a finalizer that the garbage collector takes away. */
function withFinalizers(object: KubeObject, { propagationPolicy }: DeleteOptions): KubeObject {
  const present = object.metadata.finalizers ?? [];
  const isOwn = (name: string) => name === 'orphan' || name === 'foregroundDeletion';
  const others = present.filter((name) => !isOwn(name));
  const own = { Orphan: ['orphan'], Foreground: ['foregroundDeletion'], Background: [] };
  const wanted = propagationPolicy === undefined ? present.filter(isOwn) : own[propagationPolicy];
  const finalizers = [...others, ...wanted];
  return withMeta(object, { finalizers: finalizers.length === 0 ? undefined : finalizers });
}
