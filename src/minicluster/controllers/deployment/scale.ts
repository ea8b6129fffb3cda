import type { KubeObject } from '../../../contracts/kube-client.ts';
import { sameJson } from '../../api/objects.ts';
import { numberOf } from '../../kinds/fields.ts';
import { specOf, statusOf } from '../../kinds/workload.ts';
import { REPLICA_SETS } from '../client.ts';
import type { ControllerContext } from '../controller.ts';
import { availableOf, isRolling, maxSurge, replicasOf, totalOf } from './amounts.ts';
import { allOf, type Family } from './new-replica-set.ts';
import { desiredOf, maxOf, revisionOf, withSizes } from './revisions.ts';

export const activeOf = (sets: readonly KubeObject[]): readonly KubeObject[] =>
  sets.filter((set) => replicasOf(set) > 0);

/** sync.go scaleReplicaSet; true when the count changed. */
export function scaleSet(
  deployment: KubeObject,
  set: KubeObject,
  replicas: number,
  context: ControllerContext,
): boolean {
  const { client, events } = context;
  const before = replicasOf(set);
  const change = (present: KubeObject) => withSizes({ ...present, spec: { ...specOf(present), replicas } }, deployment);
  if (sameJson(change(set), set)) return false;
  client.update(REPLICA_SETS, set, 'main', change);
  if (before === replicas) return false;
  const way = before < replicas ? 'up' : 'down';
  const text = `Scaled ${way} replica set ${set.metadata.name} from ${before} to ${replicas}`;
  events.record(deployment, 'Normal', 'ScalingReplicaSet', text);
  return true;
}

/** Whether somebody changed the deployment's count (isScalingEvent). */
export function isScaling(family: Family): boolean {
  const desired = replicasOf(family.deployment);
  return activeOf(allOf(family)).some((set) => (desiredOf(set) ?? desired) !== desired);
}

/** sync.go scale: the one active set gets the count; several share the change in proportion to their sizes. */
export function scaleFamily(family: Family, context: ControllerContext): void {
  const { deployment, fresh, old } = family;
  const desired = replicasOf(deployment);
  const only = activeOrLatest(family);
  if (only !== undefined) {
    if (replicasOf(only) !== desired) scaleSet(deployment, only, desired, context);
    return;
  }
  if (fresh !== undefined && isSaturated(deployment, fresh)) {
    for (const set of activeOf(old)) scaleSet(deployment, set, 0, context);
    return;
  }
  if (isRolling(deployment)) proportionally(family, desired, context);
}

function activeOrLatest(family: Family): KubeObject | undefined {
  const active = activeOf(allOf(family));
  if (active.length > 1) return undefined;
  const latest = family.old.toSorted((a, b) => revisionOf(b) - revisionOf(a))[0];
  return active[0] ?? family.fresh ?? latest;
}

function isSaturated(deployment: KubeObject, set: KubeObject): boolean {
  const desired = replicasOf(deployment);
  return replicasOf(set) === desired && desiredOf(set) === desired && availableOf(set) === desired;
}

function proportionally({ deployment, fresh, old }: Family, desired: number, context: ControllerContext): void {
  const active = activeOf(fresh === undefined ? old : [...old, fresh]);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const change = allowed - totalOf(active);
  const age = (set: KubeObject) => revisionOf(set);
  // Bigger ones first; of equal size the newer when growing, the older when shrinking.
  const sorted = active.toSorted(
    (a, b) => replicasOf(b) - replicasOf(a) || (change > 0 ? age(b) - age(a) : age(a) - age(b)),
  );
  let added = 0;
  const sizes = sorted.map((set) => {
    const share = change === 0 ? 0 : portion(set, deployment, change, added);
    added += share;
    return replicasOf(set) + share;
  });
  for (const [at, set] of sorted.entries()) {
    const rest = at === 0 && change !== 0 ? change - added : 0;
    scaleSet(deployment, set, Math.max(0, (sizes[at] ?? 0) + rest), context);
  }
}

/** GetReplicaSetProportion. */
function portion(set: KubeObject, deployment: KubeObject, change: number, added: number): number {
  const size = replicasOf(set);
  if (size === 0 || change === added) return 0;
  const left = change - added;
  const share = fraction(set, deployment, size);
  return change > 0 ? Math.min(share, left) : Math.max(share, left);
}

function fraction(set: KubeObject, deployment: KubeObject, size: number): number {
  const desired = replicasOf(deployment);
  if (desired === 0) return -size;
  const before = maxOf(set) || numberOf(statusOf(deployment)['replicas']) || 1;
  return Math.round((size * (desired + maxSurge(deployment))) / before) - size;
}
