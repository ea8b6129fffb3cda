import type { KubeObject } from '../../../contracts/kube-client.ts';
import { numberOf } from '../../kinds/fields.ts';
import { specOf, statusOf } from '../../kinds/workload.ts';
import { claim, possibleOwners } from '../claim.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../client.ts';
import { type Controller, type ControllerContext, keyOf, splitKey } from '../controller.ts';
import { controllerOf, isOver } from '../pods.ts';
import { isRolling, replicasOf } from './amounts.ts';
import { condition, hasDeadline, withCondition } from './conditions.ts';
import { type Family, familyOf, withFresh } from './new-replica-set.ts';
import { revisionOf } from './revisions.ts';
import { recreateStep, rollingStep } from './rollout.ts';
import { isScaling, scaleFamily } from './scale.ts';
import { isComplete, writeRolloutStatus, writeStatus } from './status.ts';

/** pkg/controller/deployment/deployment_controller.go */
export const deploymentController: Controller = {
  name: 'deployment',
  component: 'deployment-controller',
  account: 'deployment-controller',
  watches: [
    { resource: DEPLOYMENTS, keys: ({ object }) => [keyOf(object)] },
    {
      resource: REPLICA_SETS,
      keys: ({ object }, { client }) => {
        const owner = controllerOf(object);
        if (owner === undefined) return possibleOwners(client, DEPLOYMENTS, object).map(keyOf);
        return owner.kind === 'Deployment' ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
      },
    },
    // A deployment that recreates waits for the last old pod to be gone.
    {
      resource: PODS,
      keys: ({ type, object }, { client }) => {
        if (type !== 'DELETED' && !isOver(object)) return [];
        const { namespace = '' } = object.metadata;
        const set = client.find(REPLICA_SETS, namespace, controllerOf(object)?.name ?? '');
        const owner = set === undefined ? undefined : controllerOf(set);
        return owner?.kind === 'Deployment' ? [`${namespace}/${owner.name}`] : [];
      },
    },
  ],
  sync,
};

function sync(key: string, context: ControllerContext): void {
  const { client } = context;
  const [namespace, name] = splitKey(key);
  const found = client.find(DEPLOYMENTS, namespace, name);
  if (found === undefined) return;
  const sets = claim(client, REPLICA_SETS, found);
  if (found.metadata.deletionTimestamp !== undefined)
    return writeStatus(withFresh(familyOf(found, sets), false, context), context);
  const deployment = withPauseCondition(found, context);
  const family = familyOf(deployment, sets);
  const known = withFresh(family, false, context);
  if (specOf(deployment)['paused'] === true || isScaling(known)) {
    scaleFamily(known, context);
    const now = reread(known, context);
    if (specOf(deployment)['paused'] === true) cleanUp(now, context);
    return writeStatus(now, context);
  }
  const stepped = isRolling(deployment) ? rollingStep(known, context) : recreateStep(known, context);
  const now = reread(stepped, context);
  if (isComplete(now.deployment, statusOf(now.deployment))) cleanUp(now, context);
  writeRolloutStatus(now, context);
}

/** The sets as they are after the step; the deployment with its status as it is stored. */
function reread(family: Family, { client }: ControllerContext): Family {
  const { namespace } = family.deployment.metadata;
  const again = (set: KubeObject) => client.find(REPLICA_SETS, namespace, set.metadata.name) ?? set;
  const { deployment, fresh, old } = family;
  return {
    deployment: client.find(DEPLOYMENTS, namespace, deployment.metadata.name) ?? deployment,
    fresh: fresh === undefined ? undefined : again(fresh),
    old: old.map(again),
  };
}

/** sync.go cleanupDeployment: no more old replica sets than the history holds. */
function cleanUp(family: Family, { client }: ControllerContext): void {
  const limit = specOf(family.deployment)['revisionHistoryLimit'];
  if (typeof limit !== 'number') return;
  const alive = family.old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const surplus = alive.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, alive.length - limit));
  for (const set of surplus) {
    const { replicas, observedGeneration } = statusOf(set);
    const idle = numberOf(replicas) === 0 && replicasOf(set) === 0;
    if (idle && (set.metadata.generation ?? 0) <= numberOf(observedGeneration)) client.delete(REPLICA_SETS, set);
  }
}

/** sync.go checkPausedConditions: while it is paused the deadline does not run. */
function withPauseCondition(deployment: KubeObject, { client, clock }: ControllerContext): KubeObject {
  if (!hasDeadline(deployment)) return deployment;
  const status = statusOf(deployment);
  const reason = condition(status, 'Progressing')?.['reason'];
  if (reason === 'ProgressDeadlineExceeded') return deployment;
  const paused = specOf(deployment)['paused'] === true;
  if (paused === (reason === 'DeploymentPaused')) return deployment;
  const cause = paused
    ? { reason: 'DeploymentPaused', message: 'Deployment is paused' }
    : { reason: 'DeploymentResumed', message: 'Deployment is resumed' };
  const next = withCondition(status, { type: 'Progressing', status: 'Unknown', ...cause }, clock.now());
  return client.update(DEPLOYMENTS, deployment, 'status', (present) => ({ ...present, status: next }));
}
