import type { KubeObject } from '../../contracts/kube-client.ts';
import { describe } from '../../errors/lab-error.ts';
import { sameJson, timeText } from '../api/objects.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';
import { claim, possibleOwners } from './claim.ts';
import { PODS, REPLICA_SETS } from './client.ts';
import { type Controller, type ControllerContext, keyOf, splitKey } from './controller.ts';
import {
  availableInMs,
  controllerOf,
  controllerRef,
  isActive,
  isAvailable,
  isOver,
  isReady,
  templateMeta,
  withoutZeros,
} from './pods.ts';
import { victims } from './victims.ts';

/** pkg/controller/replicaset/replica_set.go */
export const replicaSetController: Controller = {
  name: 'replicaset',
  component: 'replicaset-controller',
  account: 'replicaset-controller',
  watches: [
    { resource: REPLICA_SETS, keys: ({ object }) => [keyOf(object)] },
    {
      resource: PODS,
      keys: ({ object }, { client }) => ownerKeys(object, (pod) => possibleOwners(client, REPLICA_SETS, pod)),
    },
  ],
  sync,
};

/** As much at once at most. */
const BURST = 500;

function ownerKeys(pod: KubeObject, orphanOwners: (pod: KubeObject) => readonly KubeObject[]): readonly string[] {
  const owner = controllerOf(pod);
  if (owner === undefined) return orphanOwners(pod).map(keyOf);
  return owner.kind === 'ReplicaSet' ? [`${pod.metadata.namespace ?? ''}/${owner.name}`] : [];
}

function sync(key: string, context: ControllerContext): void {
  const { client } = context;
  const [namespace, name] = splitKey(key);
  const set = client.find(REPLICA_SETS, namespace, name);
  if (set === undefined) return;
  const claimed = claim(client, PODS, set, isActive);
  const active = claimed.filter(isActive);
  const failure = set.metadata.deletionTimestamp === undefined ? manage(set, active, context) : undefined;
  const now = client.find(REPLICA_SETS, namespace, name);
  if (now?.metadata.uid !== set.metadata.uid || now === undefined) return;
  // What was made or deleted is seen in the next round, which the pods' own events bring.
  const status = statusFor(now, active, claimed, failure, context);
  if (!sameJson(status, statusOf(now)))
    client.update(REPLICA_SETS, now, 'status', (present) => ({ ...present, status }));
  waitForAvailable(key, set, active, context);
  if (failure !== undefined) throw failure.error;
}

interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly error: unknown;
}

/** Makes or deletes pods until the count is right; the first failure ends it. */
function manage(
  set: KubeObject,
  active: readonly KubeObject[],
  { client, events }: ControllerContext,
): Failure | undefined {
  const missing = numberOf(specOf(set)['replicas']) - active.length;
  const about = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    events.record(set, type, reason, message);
  for (let made = 0; made < Math.min(missing, BURST); made += 1) {
    try {
      about('Normal', 'SuccessfulCreate', `Created pod: ${client.create(PODS, podOf(set)).metadata.name}`);
    } catch (error) {
      about('Warning', 'FailedCreate', `Error creating: ${describe(error)}`);
      return { reason: 'FailedCreate', error };
    }
  }
  for (const pod of victims(set, active, Math.min(-missing, BURST), client)) {
    try {
      client.delete(PODS, pod);
      about('Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    } catch (error) {
      about('Warning', 'FailedDelete', `Error deleting: ${describe(error)}`);
      return { reason: 'FailedDelete', error };
    }
  }
  return undefined;
}

/** GetPodFromTemplate. */
export function podOf(owner: KubeObject): KubeObject {
  const { template } = specOf(owner);
  const { labels, annotations } = templateMeta(template);
  const { namespace } = owner.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: `${owner.metadata.name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [controllerRef(owner)],
    },
    spec: fieldsOf(template)['spec'],
  };
}

/** replica_set_utils.go calculateStatus. */
function statusFor(
  set: KubeObject,
  active: readonly KubeObject[],
  claimed: readonly KubeObject[],
  failure: Failure | undefined,
  { clock }: ControllerContext,
): Fields {
  const spec = specOf(set);
  const wanted = Object.entries(templateMeta(spec['template']).labels);
  const hasAll = ({ metadata }: KubeObject) => wanted.every(([name, value]) => metadata.labels?.[name] === value);
  const ready = active.filter(isReady);
  const now = clock.now();
  const available = ready.filter((pod) => isAvailable(pod, numberOf(spec['minReadySeconds']), now));
  const leaving = claimed.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isOver(pod));
  const conditions = conditionsFor(set, failure, active.length, now);
  return {
    replicas: active.length,
    ...withoutZeros({
      fullyLabeledReplicas: active.filter(hasAll).length,
      readyReplicas: ready.length,
      availableReplicas: available.length,
      observedGeneration: set.metadata.generation ?? 0,
    }),
    terminatingReplicas: leaving.length,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

function conditionsFor(set: KubeObject, failure: Failure | undefined, active: number, now: number): readonly Fields[] {
  const present = listOf(statusOf(set)['conditions']);
  const known = present.find(({ type }) => type === 'ReplicaFailure');
  const others = present.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure === undefined) {
    return known !== undefined && active !== numberOf(specOf(set)['replicas']) ? present : others;
  }
  if (known !== undefined && textOf(known['reason']) === failure.reason) return present;
  const { reason, error } = failure;
  const lastTransitionTime = timeText(now);
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime, reason, message: describe(error) }];
}

/** No event tells when a ready pod becomes an available one. */
function waitForAvailable(
  key: string,
  set: KubeObject,
  active: readonly KubeObject[],
  context: ControllerContext,
): void {
  const minReadySeconds = numberOf(specOf(set)['minReadySeconds']);
  const now = context.clock.now();
  const waits = active.filter(isReady).map((pod) => availableInMs(pod, minReadySeconds, now));
  const left = waits.filter((ms) => ms > 0);
  if (left.length > 0) context.again(key, Math.min(...left));
}
