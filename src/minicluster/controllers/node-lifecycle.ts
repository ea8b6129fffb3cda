import type { KubeObject } from '../../contracts/kube-client.ts';
import { timeText } from '../api/objects.ts';
import { type Fields, listOf, numberOf, textOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';
import { LEASES, NODES, PODS } from './client.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { conditionOf, isOver } from './pods.ts';

// pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/tainteviction/taint_eviction.go

const LEASE_NAMESPACE = 'kube-node-lease';
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const OWN: readonly string[] = [NOT_READY, UNREACHABLE, UNSCHEDULABLE];
const WATCHED: readonly string[] = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/**
 * A node whose lease is not renewed for `graceSeconds` is marked Unknown and tainted; what does not tolerate that (any longer) is
 * evicted, unless no node is left to take it. Leases count by when they were seen to change: clocks need not agree.
 */
export function nodeLifecycleController(graceSeconds: number): Controller {
  const heard = new Map<string, { readonly renewed: string; readonly at: number }>();
  const silentFor = (node: KubeObject, { client, clock }: ControllerContext): number => {
    const { name } = node.metadata;
    const lease = client.find(LEASES, LEASE_NAMESPACE, name);
    const renewed = `${textOf(specOf(lease ?? node)['renewTime'])} ${textOf(conditionOf(node, 'Ready')?.['lastHeartbeatTime'])}`;
    const known = heard.get(name);
    if (known?.renewed === renewed) return clock.monotonic() - known.at;
    heard.set(name, { renewed, at: clock.monotonic() });
    return 0;
  };
  return {
    name: 'node-lifecycle',
    component: 'node-controller',
    account: 'node-controller',
    watches: [
      {
        resource: NODES,
        // The last node to go or the first to come back changes what is done with all of them.
        keys: ({ object, previous }, { client }) =>
          previous !== undefined && readiness(previous) === readiness(object)
            ? [object.metadata.name]
            : [object, ...client.list(NODES)].map(({ metadata }) => metadata.name),
      },
      {
        resource: LEASES,
        keys: ({ object: { metadata } }) => (metadata.namespace === LEASE_NAMESPACE ? [metadata.name] : []),
      },
      {
        resource: PODS,
        keys: ({ object, previous }) => {
          const node = textOf(specOf(object)['nodeName']);
          return node === '' || (previous !== undefined && textOf(specOf(previous)['nodeName']) === node) ? [] : [node];
        },
      },
    ],
    sync: (name, context) => {
      const { client, again } = context;
      const node = client.find(NODES, undefined, name);
      if (node === undefined) {
        heard.delete(name);
        return;
      }
      const leftMs = graceSeconds * 1000 - silentFor(node, context);
      if (leftMs > 0) again(name, leftMs);
      else if (readiness(node) !== 'Unknown') markLost(node, context);
      const present = client.find(NODES, undefined, name);
      if (present !== undefined) evict(withTaints(present, context), context);
    },
  };
}

function readiness(node: KubeObject): string {
  return textOf(conditionOf(node, 'Ready')?.['status']);
}

function markLost(node: KubeObject, { client, clock, events }: ControllerContext): void {
  const now = timeText(clock.now());
  const never = conditionOf(node, 'Ready') === undefined;
  const verdict = never
    ? { reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' }
    : { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
  client.update(NODES, node, 'status', (present) => {
    const conditions = listOf(statusOf(present)['conditions']);
    const unknown = WATCHED.map((type) => ({
      ...conditions.find((each) => each['type'] === type),
      type,
      status: 'Unknown',
      ...verdict,
      lastTransitionTime: now,
    }));
    const others = conditions.filter((each) => !WATCHED.includes(textOf(each['type'])));
    return { ...present, status: { ...statusOf(present), conditions: [...unknown, ...others] } };
  });
  const { name } = node.metadata;
  events.record(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
  for (const pod of podsOf(name, client)) {
    if (conditionOf(pod, 'Ready')?.['status'] !== 'True') continue;
    client.update(PODS, pod, 'status', (present) => {
      const conditions = listOf(statusOf(present)['conditions']).map((each) =>
        each['type'] === 'Ready' ? { ...each, status: 'False', lastTransitionTime: now } : each,
      );
      return { ...present, status: { ...statusOf(present), conditions } };
    });
    events.record(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  }
}

/** The node with the taints that its conditions ask for. When no node is ready, nobody could take what is evicted: then none is. */
function withTaints(node: KubeObject, { client, clock }: ControllerContext): KubeObject {
  const ready = readiness(node);
  // It has said nothing of itself yet: the taint of its admission stands until it does, or counts as lost.
  if (ready === '') return node;
  const away = ready === 'True' ? [] : [ready === 'False' ? NOT_READY : UNREACHABLE];
  const anyReady = client.list(NODES).some((each) => readiness(each) === 'True');
  const wanted = [
    ...away.flatMap((key) => [
      { key, effect: 'NoSchedule' },
      ...(anyReady ? [{ key, effect: 'NoExecute', timeAdded: timeText(clock.now()) }] : []),
    ]),
    ...(specOf(node)['unschedulable'] === true ? [{ key: UNSCHEDULABLE, effect: 'NoSchedule' }] : []),
  ];
  const same = (a: Fields, b: Fields) => a['key'] === b['key'] && a['effect'] === b['effect'];
  const present = listOf(specOf(node)['taints']);
  const kept = present.filter(
    (taint) => !OWN.includes(textOf(taint['key'])) || wanted.some((each) => same(each, taint)),
  );
  const added = wanted.filter((taint) => !kept.some((each) => same(each, taint)));
  if (added.length === 0 && kept.length === present.length) return node;
  return client.update(NODES, node, 'main', (now) => {
    const { taints: _, ...rest } = specOf(now);
    const taints = [...kept, ...added];
    return { ...now, spec: { ...rest, ...(taints.length === 0 ? {} : { taints }) } };
  });
}

/** Deletes the pods that do not tolerate the node's NoExecute taints, each when its time is over. */
function evict(node: KubeObject, { client, clock, events, again }: ControllerContext): void {
  const taints = listOf(specOf(node)['taints']).filter(({ effect }) => effect === 'NoExecute');
  if (taints.length === 0) return;
  for (const pod of podsOf(node.metadata.name, client)) {
    if (isOver(pod) || pod.metadata.deletionTimestamp !== undefined) continue;
    const leftMs = Math.min(...taints.map((taint) => toleratedUntil(pod, taint))) - clock.now();
    if (leftMs === Number.POSITIVE_INFINITY) continue;
    if (leftMs > 0) {
      again(node.metadata.name, leftMs);
      continue;
    }
    const { namespace = '', name } = pod.metadata;
    events.record(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`);
    client.delete(PODS, pod);
  }
}

/** Epoch ms; infinite for a pod that stays. */
function toleratedUntil(pod: KubeObject, taint: Fields): number {
  const tolerations = listOf(specOf(pod)['tolerations']).filter((each) => tolerates(each, taint));
  if (tolerations.length === 0) return 0;
  const seconds = tolerations.flatMap(({ tolerationSeconds }) =>
    tolerationSeconds === undefined || tolerationSeconds === null ? [] : [numberOf(tolerationSeconds)],
  );
  if (seconds.length === 0) return Number.POSITIVE_INFINITY;
  const since = Date.parse(textOf(taint['timeAdded']));
  return (Number.isNaN(since) ? 0 : since) + Math.max(0, Math.min(...seconds)) * 1000;
}

function tolerates({ key, operator, value, effect }: Fields, taint: Fields): boolean {
  if (textOf(effect) !== '' && effect !== taint['effect']) return false;
  if (textOf(key) !== '' && key !== taint['key']) return false;
  return operator === 'Exists' || (textOf(key) !== '' && textOf(value) === textOf(taint['value']));
}

function podsOf(node: string, client: ControllerContext['client']): readonly KubeObject[] {
  return client.list(PODS).filter((pod) => specOf(pod)['nodeName'] === node);
}
