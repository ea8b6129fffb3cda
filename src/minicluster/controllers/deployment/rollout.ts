import type { KubeObject } from '../../../contracts/kube-client.ts';
import { type ControllerClient, PODS } from '../client.ts';
import type { ControllerContext } from '../controller.ts';
import { controllerOf, isOver } from '../pods.ts';
import { availableOf, maxUnavailable, newReplicas, replicasOf, totalOf } from './amounts.ts';
import { allOf, type Family, withFresh } from './new-replica-set.ts';
import { activeOf, scaleSet } from './scale.ts';

/** rolling.go and recreate.go: one step towards the new template; the family as it is then. */
export function rollingStep(family: Family, context: ControllerContext): Family {
  const now = withFresh(family, true, context);
  if (!growNew(now, context)) shrinkOld(now, context);
  return now;
}

function growNew({ deployment, fresh, old }: Family, context: ControllerContext): boolean {
  if (fresh === undefined) return false;
  const [own, desired] = [replicasOf(fresh), replicasOf(deployment)];
  if (own === desired) return false;
  const size = own > desired ? desired : newReplicas(deployment, [...old, fresh], own);
  return scaleSet(deployment, fresh, size, context);
}

function shrinkOld(family: Family, context: ControllerContext): void {
  const { deployment, fresh } = family;
  const old = activeOf(family.old);
  if (old.length === 0 || fresh === undefined) return;
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  const unready = replicasOf(fresh) - availableOf(fresh);
  const most = totalOf(allOf(family)) - minAvailable - unready;
  if (most <= 0) return;
  const sizes = withoutUnhealthy(old, most);
  // Then those that work, as far as the new ones already do.
  const available = totalOf(allOf(family), availableOf);
  let left = Math.max(0, available - minAvailable);
  for (const set of old) {
    const size = sizes.get(set) ?? 0;
    const less = Math.min(size, left);
    left -= less;
    if (size - less !== replicasOf(set)) scaleSet(deployment, set, size - less, context);
  }
}

/** cleanupUnhealthyReplicas: pods that do not work anyway go first, the oldest sets' before others. */
function withoutUnhealthy(old: readonly KubeObject[], most: number): Map<KubeObject, number> {
  let left = most;
  return new Map(
    old.map((set) => {
      const less = Math.min(left, Math.max(0, replicasOf(set) - availableOf(set)));
      left -= less;
      return [set, replicasOf(set) - less];
    }),
  );
}

export function recreateStep(family: Family, context: ControllerContext): Family {
  const known = withFresh(family, false, context);
  const active = activeOf(known.old);
  if (active.map((set) => scaleSet(known.deployment, set, 0, context)).some(Boolean)) return known;
  if (hasRunningPods(known.old, context.client)) return known;
  const now = withFresh(known, true, context);
  if (now.fresh !== undefined) scaleSet(now.deployment, now.fresh, replicasOf(now.deployment), context);
  return now;
}

function hasRunningPods(sets: readonly KubeObject[], client: ControllerClient): boolean {
  const uids = new Set(sets.map(({ metadata }) => metadata.uid));
  const namespace = sets[0]?.metadata.namespace;
  if (namespace === undefined) return false;
  return client.list(PODS, namespace).some((pod) => uids.has(controllerOf(pod)?.uid) && !isOver(pod));
}
