import type { KubeObject } from '../../contracts/kube-client.ts';
import { describe } from '../../errors/lab-error.ts';
import { sameJson } from '../api/objects.ts';
import { type Fields, fieldsOf, numberOf, textOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';
import { claim, possibleOwners } from './claim.ts';
import { PODS, STATEFUL_SETS } from './client.ts';
import { type Controller, type ControllerContext, keyOf, splitKey } from './controller.ts';
import { templateHash } from './deployment/template.ts';
import { controllerOf, isAvailable, isOver, isReady, withoutZeros } from './pods.ts';
import { podOf } from './replica-set.ts';

const REVISION = 'controller-revision-hash';

/** pkg/controller/statefulset, without volumes: pods with names in order, one after the other. */
export const statefulSetController: Controller = {
  name: 'statefulset',
  component: 'statefulset-controller',
  account: 'statefulset-controller',
  watches: [
    { resource: STATEFUL_SETS, keys: ({ object }) => [keyOf(object)] },
    {
      resource: PODS,
      keys: ({ object }, { client }) => {
        const owner = controllerOf(object);
        if (owner === undefined) return possibleOwners(client, STATEFUL_SETS, object).map(keyOf);
        return owner.kind === 'StatefulSet' ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
      },
    },
  ],
  sync,
};

interface State {
  readonly set: KubeObject;
  readonly revision: string;
  /** By ordinal. */
  readonly pods: ReadonlyMap<number, KubeObject>;
  readonly first: number;
  readonly replicas: number;
}

function sync(key: string, context: ControllerContext): void {
  const { client } = context;
  const [namespace, name] = splitKey(key);
  const set = client.find(STATEFUL_SETS, namespace, name);
  if (set === undefined) return;
  const claimed = claim(client, PODS, set, (pod) => ordinalOf(set, pod) !== undefined);
  const pods = new Map(
    claimed.flatMap((pod) => {
      const ordinal = ordinalOf(set, pod);
      return ordinal === undefined ? [] : [[ordinal, pod] as const];
    }),
  );
  const spec = specOf(set);
  const state: State = {
    set,
    revision: `${name}-${templateHash(spec['template'], undefined)}`,
    pods,
    first: numberOf(fieldsOf(spec['ordinals'])['start']),
    replicas: numberOf(spec['replicas']),
  };
  if (set.metadata.deletionTimestamp === undefined) step(state, context);
  writeStatus(state, context);
}

function ordinalOf({ metadata }: KubeObject, pod: KubeObject): number | undefined {
  const rest = pod.metadata.name.startsWith(`${metadata.name}-`)
    ? pod.metadata.name.slice(metadata.name.length + 1)
    : '';
  return /^(0|[1-9]\d*)$/.test(rest) ? Number(rest) : undefined;
}

/** updateStatefulSet: up in order, down in the opposite order, then the update from the last to the first. */
function step(state: State, context: ControllerContext): void {
  const { set, pods, first, replicas } = state;
  const parallel = specOf(set)['podManagementPolicy'] === 'Parallel';
  const minReady = numberOf(specOf(set)['minReadySeconds']);
  const now = context.clock.now();
  for (let ordinal = first; ordinal < first + replicas; ordinal += 1) {
    const pod = pods.get(ordinal);
    if (pod === undefined) create(state, ordinal, context);
    else if (isOver(pod) && pod.metadata.deletionTimestamp === undefined) remove(state, pod, context);
    const steady = pod !== undefined && pod.metadata.deletionTimestamp === undefined && isAvailable(pod, minReady, now);
    if (steady || parallel) continue;
    if (pod !== undefined && isReady(pod)) context.again(keyOf(set), 1_000);
    return;
  }
  const surplus = [...pods]
    .filter(([ordinal]) => ordinal < first || ordinal >= first + replicas)
    .sort(([a], [b]) => b - a);
  for (const [, pod] of surplus) {
    if (pod.metadata.deletionTimestamp === undefined) remove(state, pod, context);
    if (!parallel) return;
  }
  if (surplus.length === 0) replaceOne(state, context);
}

function replaceOne(state: State, context: ControllerContext): void {
  const { type, rollingUpdate } = fieldsOf(specOf(state.set)['updateStrategy']);
  if (type === 'OnDelete') return;
  const partition = numberOf(fieldsOf(rollingUpdate)['partition']);
  for (let ordinal = state.first + state.replicas - 1; ordinal >= Math.max(partition, state.first); ordinal -= 1) {
    const pod = state.pods.get(ordinal);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    if (pod.metadata.labels?.[REVISION] !== state.revision) return remove(state, pod, context);
    if (!isReady(pod)) return;
  }
}

function create({ set, revision }: State, ordinal: number, { client, events }: ControllerContext): void {
  const pod = podOf(set);
  const name = `${set.metadata.name}-${ordinal}`;
  const { generateName: _, ...metadata } = pod.metadata;
  const labels = {
    ...metadata.labels,
    [REVISION]: revision,
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
  };
  const subdomain = textOf(specOf(set)['serviceName']);
  const spec = { ...specOf(pod), hostname: name, ...(subdomain === '' ? {} : { subdomain }) };
  const about = `Pod ${name} in StatefulSet ${set.metadata.name}`;
  try {
    client.create(PODS, { ...pod, metadata: { ...metadata, name, labels }, spec });
    events.record(set, 'Normal', 'SuccessfulCreate', `create ${about} successful`);
  } catch (error) {
    events.record(set, 'Warning', 'FailedCreate', `create ${about} failed error: ${describe(error)}`);
    throw error;
  }
}

function remove({ set }: State, pod: KubeObject, { client, events }: ControllerContext): void {
  client.delete(PODS, pod);
  const text = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
  events.record(set, 'Normal', 'SuccessfulDelete', text);
}

function writeStatus({ set, revision, first, replicas }: State, { client, clock }: ControllerContext): void {
  const present = client.find(STATEFUL_SETS, set.metadata.namespace, set.metadata.name);
  if (present === undefined || present.metadata.uid !== set.metadata.uid) return;
  const pods = client.list(PODS, set.metadata.namespace).filter((pod) => controllerOf(pod)?.uid === set.metadata.uid);
  const now = clock.now();
  const minReady = numberOf(specOf(set)['minReadySeconds']);
  const count = (holds: (pod: KubeObject) => boolean) => pods.filter(holds).length;
  const alive = (pod: KubeObject) => pod.metadata.deletionTimestamp === undefined;
  const updated = count((pod) => alive(pod) && pod.metadata.labels?.[REVISION] === revision);
  const before = textOf(statusOf(present)['currentRevision']) || revision;
  const ready = count(isReady);
  const inRange = (pod: KubeObject) => {
    const ordinal = ordinalOf(set, pod) ?? -1;
    return ordinal >= first && ordinal < first + replicas;
  };
  // The update is over when every pod has the new template: then it is the current one.
  const over = updated === replicas && count(inRange) === replicas && ready === replicas;
  const currentRevision = over ? revision : before;
  const status: Fields = {
    replicas: pods.length,
    ...withoutZeros({
      observedGeneration: present.metadata.generation ?? 0,
      readyReplicas: ready,
      currentReplicas: count((pod) => alive(pod) && pod.metadata.labels?.[REVISION] === currentRevision),
      updatedReplicas: updated,
    }),
    availableReplicas: count((pod) => isAvailable(pod, minReady, now)),
    currentRevision,
    updateRevision: revision,
    collisionCount: 0,
  };
  if (!sameJson(status, statusOf(present))) {
    client.update(STATEFUL_SETS, present, 'status', (known) => ({ ...known, status }));
  }
}
