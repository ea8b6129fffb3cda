import type { KubeObject } from '../../../contracts/kube-client.ts';
import { sameJson } from '../../api/objects.ts';
import { type Fields, listOf, numberOf, textOf } from '../../kinds/fields.ts';
import { specOf, statusOf } from '../../kinds/workload.ts';
import { DEPLOYMENTS } from '../client.ts';
import { type ControllerContext, keyOf } from '../controller.ts';
import { withoutZeros } from '../pods.ts';
import { availableOf, maxUnavailable, replicasOf, totalOf } from './amounts.ts';
import { type Cause, condition, hasDeadline, type Status, withCondition, withoutCondition } from './conditions.ts';
import { allOf, type Family } from './new-replica-set.ts';

const AVAILABLE = {
  true: ['MinimumReplicasAvailable', 'Deployment has minimum availability.'],
  false: ['MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'],
} as const;

/** sync.go calculateStatus. */
function statusFor(family: Family, now: number): Status {
  const { deployment, fresh } = family;
  const sets = allOf(family);
  const count = (name: string) => (set: KubeObject) => numberOf(statusOf(set)[name]);
  const available = totalOf(sets, availableOf);
  const { collisionCount, conditions } = statusOf(deployment);
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const [reason, message] = AVAILABLE[`${enough}`];
  const status = {
    ...withoutZeros({
      observedGeneration: deployment.metadata.generation ?? 0,
      replicas: totalOf(sets, count('replicas')),
      updatedReplicas: fresh === undefined ? 0 : count('replicas')(fresh),
      readyReplicas: totalOf(sets, count('readyReplicas')),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, totalOf(sets) - available),
    }),
    terminatingReplicas: totalOf(sets, count('terminatingReplicas')),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
  return withCondition(status, { type: 'Available', status: enough ? 'True' : 'False', reason, message }, now);
}

/** sync.go syncDeploymentStatus: for a deployment that does not roll out now. */
export function writeStatus(family: Family, { client, clock }: ControllerContext): void {
  const { deployment } = family;
  const status = statusFor(family, clock.now());
  if (!sameJson(status, statusOf(deployment))) {
    client.update(DEPLOYMENTS, deployment, 'status', (present) => ({ ...present, status }));
  }
}

/** DeploymentComplete. */
export function isComplete(deployment: KubeObject, status: Status): boolean {
  const desired = replicasOf(deployment);
  return (
    ['updatedReplicas', 'replicas', 'availableReplicas'].every((name) => numberOf(status[name]) === desired) &&
    numberOf(status['observedGeneration']) >= (deployment.metadata.generation ?? 0)
  );
}

/** progress.go syncRolloutStatus: how the rollout goes, and whether it is stuck. */
export function writeRolloutStatus(family: Family, context: ControllerContext): void {
  const { client, clock } = context;
  const { deployment } = family;
  const now = clock.now();
  const before = statusOf(deployment);
  const counted = statusFor(family, now);
  const status = withFailures(withProgress(counted, family, before, now), family);
  if (sameJson(status, before)) return lookAgain(deployment, status, context);
  client.update(DEPLOYMENTS, deployment, 'status', (present) => ({ ...present, status }));
}

function withProgress(status: Status, { deployment, fresh }: Family, before: Status, now: number): Status {
  if (!hasDeadline(deployment)) return withoutCondition(status, 'Progressing');
  const present = condition(before, 'Progressing');
  const done =
    numberOf(status['replicas']) === numberOf(status['updatedReplicas']) &&
    present?.['reason'] === 'NewReplicaSetAvailable';
  if (done) return status;
  const what = fresh === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${fresh.metadata.name}"`;
  const cause = (value: string, reason: string, message: string): Cause => ({
    type: 'Progressing',
    status: value,
    reason,
    message: `${what} ${message}`,
  });
  if (isComplete(deployment, status)) {
    return withCondition(status, cause('True', 'NewReplicaSetAvailable', 'has successfully progressed.'), now);
  }
  if (hasMoved(before, status)) {
    // Anew, so that its time of update tells when it moved last.
    const moved = cause('True', 'ReplicaSetUpdated', 'is progressing.');
    const next = withCondition(withoutCondition(status, 'Progressing'), moved, now);
    if (present?.['status'] !== 'True') return next;
    const conditions = listOf(next['conditions']).map((each) =>
      each['type'] === 'Progressing' ? { ...each, lastTransitionTime: present['lastTransitionTime'] } : each,
    );
    return { ...next, conditions };
  }
  if (!isLate(deployment, present, now)) return status;
  return withCondition(status, cause('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'), now);
}

/** DeploymentProgressing. */
function hasMoved(before: Status, after: Status): boolean {
  const of = (status: Status, name: string) => numberOf(status[name]);
  const old = (status: Status) => of(status, 'replicas') - of(status, 'updatedReplicas');
  const more = ['updatedReplicas', 'readyReplicas', 'availableReplicas'];
  return old(after) < old(before) || more.some((name) => of(after, name) > of(before, name));
}

/** DeploymentTimedOut. */
function isLate(deployment: KubeObject, progress: Fields | undefined, now: number): boolean {
  if (progress === undefined || progress['reason'] === 'NewReplicaSetAvailable') return false;
  return progress['reason'] === 'ProgressDeadlineExceeded' || lateAt(deployment, progress) < now;
}

function lateAt(deployment: KubeObject, progress: Fields): number {
  const deadline = numberOf(specOf(deployment)['progressDeadlineSeconds']);
  return Date.parse(textOf(progress['lastUpdateTime'])) + deadline * 1000;
}

/** What a replica set could not do is the deployment's failure too. */
function withFailures(status: Status, family: Family): Status {
  const of = (set: KubeObject) => condition(statusOf(set), 'ReplicaFailure');
  const own = family.fresh === undefined ? undefined : of(family.fresh);
  const failure =
    own ??
    allOf(family)
      .map(of)
      .find((each) => each !== undefined);
  if (failure === undefined) return withoutCondition(status, 'ReplicaFailure');
  const known = condition(status, 'ReplicaFailure');
  if (known !== undefined && known['reason'] === failure['reason']) return status;
  const cleared = withoutCondition(status, 'ReplicaFailure');
  const made = { ...failure, lastUpdateTime: failure['lastTransitionTime'] };
  return { ...cleared, conditions: [...listOf(cleared['conditions']), made] };
}

/** requeueStuckDeployment: nothing else tells that the deadline has passed. */
function lookAgain(deployment: KubeObject, status: Status, { clock, again }: ControllerContext): void {
  const progress = condition(status, 'Progressing');
  if (progress === undefined || !hasDeadline(deployment) || isComplete(deployment, status)) return;
  if (progress['reason'] === 'ProgressDeadlineExceeded' || progress['reason'] === 'NewReplicaSetAvailable') return;
  again(keyOf(deployment), Math.max(0, lateAt(deployment, progress) - clock.now()) + 1_000);
}
