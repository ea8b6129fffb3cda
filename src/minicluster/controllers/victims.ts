import type { KubeObject } from '../../contracts/kube-client.ts';
import { textOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';
import { type ControllerClient, PODS, REPLICA_SETS } from './client.ts';
import { conditionOf, controllerOf, isActive, isReady, isScheduled, restartsOf } from './pods.ts';

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const COST = 'controller.kubernetes.io/pod-deletion-cost';

/**
 * Which pods go first when there are too many (controller_utils.go ActivePodsWithRanks): those that do the least, that share a
 * node with others of the family, that are young.
 */
export function victims(
  set: KubeObject,
  active: readonly KubeObject[],
  count: number,
  client: ControllerClient,
): readonly KubeObject[] {
  if (count <= 0) return [];
  if (count >= active.length) return active;
  const ranks = ranksOf(set, active, client);
  return active.toSorted((a, b) => compare(a, b, ranks)).slice(0, count);
}

/** How many pods of the same family run on the pod's node: those of all replica sets of the same owner. */
function ranksOf(
  set: KubeObject,
  active: readonly KubeObject[],
  client: ControllerClient,
): ReadonlyMap<string, number> {
  const owner = controllerOf(set)?.uid;
  const { namespace } = set.metadata;
  const family = new Set(
    owner === undefined
      ? [set.metadata.uid]
      : client
          .list(REPLICA_SETS, namespace)
          .filter((each) => controllerOf(each)?.uid === owner)
          .map(({ metadata }) => metadata.uid),
  );
  const perNode = new Map<string, number>();
  const node = (pod: KubeObject) => textOf(specOf(pod)['nodeName']);
  for (const pod of client.list(PODS, namespace)) {
    if (isActive(pod) && family.has(controllerOf(pod)?.uid)) perNode.set(node(pod), (perNode.get(node(pod)) ?? 0) + 1);
  }
  return new Map(active.map((pod) => [pod.metadata.name, perNode.get(node(pod)) ?? 0]));
}

function compare(a: KubeObject, b: KubeObject, ranks: ReadonlyMap<string, number>): number {
  const phase = (pod: KubeObject) => PHASES[textOf(statusOf(pod)['phase'])] ?? 0;
  const cost = (pod: KubeObject) => Number(pod.metadata.annotations?.[COST] ?? 0) || 0;
  const rank = (pod: KubeObject) => ranks.get(pod.metadata.name) ?? 0;
  const readySince = (pod: KubeObject) => textOf(conditionOf(pod, 'Ready')?.['lastTransitionTime']);
  const created = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
  return (
    Number(isScheduled(a)) - Number(isScheduled(b)) ||
    phase(a) - phase(b) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    cost(a) - cost(b) ||
    rank(b) - rank(a) ||
    (isReady(a) && isReady(b) ? byText(readySince(b), readySince(a)) : 0) ||
    restartsOf(b) - restartsOf(a) ||
    byText(created(b), created(a))
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
