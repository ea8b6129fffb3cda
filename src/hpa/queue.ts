import type { Rules } from './rules.ts';

/** What the informer tells about an HPA object. A resync is an update with the same object twice. */
export type InformerEvent =
  | { readonly type: 'add' }
  | { readonly type: 'update'; readonly oldGeneration: number; readonly newGeneration: number }
  | { readonly type: 'delete' };

/** `Add` = reconcile at once, `AddRateLimited` = after one sync period, `Forget` = clears the limiter's (empty) history. */
export type QueueCall = 'Add' | 'AddRateLimited' | 'Forget';

export interface Enqueued {
  readonly call: QueueCall;
  /**
   * What happens to the HPA's entry in the selector store: `ensure` registers it with a selector that matches nothing unless it
   * is there, `remove` deletes it, `keep` leaves it.
   */
  readonly selector: 'ensure' | 'remove' | 'keep';
}

/**
 * The controller's reaction to an informer event. Up to 1.36 everything waits one sync period; from 1.37 on every add and (gate
 * HPAGeneration) every change of the generation is immediate.
 * Upstream: horizontal.go enqueueHPA, updateHPA, enqueueRateLimited, deleteHPA.
 */
export function enqueue(event: InformerEvent, rules: Rules): Enqueued {
  if (event.type === 'delete') return { call: 'Forget', selector: 'remove' };
  if (!rules.immediateEnqueue) return { call: 'AddRateLimited', selector: 'ensure' };
  const changed = event.type === 'add' || (rules.generation && event.oldGeneration !== event.newGeneration);
  return changed ? { call: 'Add', selector: 'ensure' } : { call: 'AddRateLimited', selector: 'keep' };
}

/**
 * How long the rate limiter holds a key back: always one sync period, however often it failed.
 * Upstream: rate_limiters.go FixedItemIntervalRateLimiter.When. Milliseconds.
 */
export function rateLimiterDelayMs(syncPeriodSeconds: number): number {
  return syncPeriodSeconds * 1000;
}
