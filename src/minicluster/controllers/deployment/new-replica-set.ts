import type { KubeObject } from '../../../contracts/kube-client.ts';
import { describe } from '../../../errors/lab-error.ts';
import { ApiFailure } from '../../api/failure.ts';
import { sameJson } from '../../api/objects.ts';
import { fieldsOf, numberOf } from '../../kinds/fields.ts';
import { specOf, statusOf } from '../../kinds/workload.ts';
import { DEPLOYMENTS, REPLICA_SETS } from '../client.ts';
import type { ControllerContext } from '../controller.ts';
import { controllerRef, isControlledBy } from '../pods.ts';
import { newReplicas } from './amounts.ts';
import { condition, hasDeadline, type Status, withCondition } from './conditions.ts';
import { annotated, REVISION, revisionOf, withRevision, withSizes } from './revisions.ts';
import { HASH_LABEL, labelledTemplate, sameTemplate, templateHash } from './template.ts';

/** A deployment with its replica sets: the one of the present template, and the others. */
export interface Family {
  readonly deployment: KubeObject;
  readonly fresh: KubeObject | undefined;
  readonly old: readonly KubeObject[];
}

export const allOf = ({ fresh, old }: Family): readonly KubeObject[] => (fresh === undefined ? old : [...old, fresh]);

/** The oldest set with the deployment's template (FindNewReplicaSet), and those without. */
export function familyOf(deployment: KubeObject, sets: readonly KubeObject[]): Family {
  const created = ({ metadata }: KubeObject) => `${metadata.creationTimestamp ?? ''} ${metadata.name}`;
  const sorted = sets.toSorted((a, b) => (created(a) < created(b) ? -1 : 1));
  const fresh = sorted.find((set) => sameTemplate(deployment, set));
  return { deployment, fresh, old: sorted.filter((set) => set !== fresh) };
}

/** sync.go getNewReplicaSet: the set of the present template with the next revision on it, made when `create` says so. */
export function withFresh(family: Family, create: boolean, context: ControllerContext): Family {
  const { deployment, fresh, old } = family;
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  if (fresh !== undefined) return renewed(family, fresh, revision, context);
  if (!create) return family;
  const made = makeSet(deployment, old, revision, context);
  const now = context.clock.now();
  const message = `Created new replica set "${made.metadata.name}"`;
  const progress = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetCreated', message } as const;
  const status = statusOf(deployment);
  const next = hasDeadline(deployment) ? withCondition(status, progress, now) : status;
  return { deployment: written(deployment, next, revision, context), fresh: made, old };
}

function renewed(
  family: Family,
  fresh: KubeObject,
  revision: number,
  { client, ...context }: ControllerContext,
): Family {
  const { deployment, old } = family;
  const minReadySeconds = specOf(deployment)['minReadySeconds'];
  const change = (set: KubeObject) => {
    const { minReadySeconds: _, ...spec } = specOf(set);
    const revised = withRevision(set, deployment, revision);
    return { ...revised, spec: { ...spec, ...(minReadySeconds === undefined ? {} : { minReadySeconds }) } };
  };
  const set = sameJson(change(fresh), fresh) ? fresh : client.update(REPLICA_SETS, fresh, 'main', change);
  const status = statusOf(deployment);
  const message = `Found new replica set "${set.metadata.name}"`;
  const progress = { type: 'Progressing', status: 'True', reason: 'FoundNewReplicaSet', message } as const;
  const missing = hasDeadline(deployment) && condition(status, 'Progressing') === undefined;
  const next = missing ? withCondition(status, progress, context.clock.now()) : status;
  return { deployment: written(deployment, next, revisionOf(set), { client, ...context }), fresh: set, old };
}

function makeSet(
  deployment: KubeObject,
  old: readonly KubeObject[],
  revision: number,
  context: ControllerContext,
): KubeObject {
  const { client, events, clock } = context;
  const object = setObject(deployment, old, revision);
  const { name } = object.metadata;
  try {
    const made = client.create(REPLICA_SETS, object);
    const count = numberOf(specOf(made)['replicas']);
    if (count > 0)
      events.record(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${count}`);
    return made;
  } catch (error) {
    const taken = client.find(REPLICA_SETS, deployment.metadata.namespace, name);
    if (taken !== undefined && isControlledBy(taken, deployment) && sameTemplate(deployment, taken)) return taken;
    const status = statusOf(deployment);
    if (taken !== undefined && error instanceof ApiFailure && error.reason === 'AlreadyExists') {
      const collisionCount = numberOf(status['collisionCount']) + 1;
      client.update(DEPLOYMENTS, deployment, 'status', (present) => ({
        ...present,
        status: { ...status, collisionCount },
      }));
      throw error;
    }
    const message = `Failed to create new replica set "${name}": ${describe(error)}`;
    const failed = { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message } as const;
    written(deployment, hasDeadline(deployment) ? withCondition(status, failed, clock.now()) : status, 0, context);
    events.record(deployment, 'Warning', 'ReplicaSetCreateError', message);
    throw error;
  }
}

function setObject(deployment: KubeObject, old: readonly KubeObject[], revision: number): KubeObject {
  const spec = specOf(deployment);
  const collisions = statusOf(deployment)['collisionCount'];
  const hash = templateHash(spec['template'], typeof collisions === 'number' ? collisions : undefined);
  const template = labelledTemplate(spec['template'], HASH_LABEL, hash);
  const selector = fieldsOf(spec['selector']);
  const { namespace } = deployment.metadata;
  const minReadySeconds = spec['minReadySeconds'];
  const object: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      ownerReferences: [controllerRef(deployment)],
      labels: fieldsOf(fieldsOf(template['metadata'])['labels']) as Readonly<Record<string, string>>,
    },
    spec: {
      replicas: newReplicas(deployment, old, 0),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...fieldsOf(selector['matchLabels']), [HASH_LABEL]: hash } },
      template,
    },
  };
  return withSizes(withRevision(object, deployment, revision), deployment);
}

/** The status, and the revision (0: as it is) with it: an update of the status carries annotations. */
function written(deployment: KubeObject, status: Status, revision: number, { client }: ControllerContext): KubeObject {
  const change = (present: KubeObject): KubeObject => {
    const next = { ...present, status };
    return revision === 0 || revisionOf(present) === revision
      ? next
      : annotated(next, { [REVISION]: String(revision) });
  };
  if (sameJson(change(deployment), deployment)) return deployment;
  return client.update(DEPLOYMENTS, deployment, 'status', change);
}
