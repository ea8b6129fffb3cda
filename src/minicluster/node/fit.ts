import type { Container, Pod, Toleration } from './pod.ts';
import { isTerminal } from './pod.ts';
import { bytes, cpuMilli } from './quantity.ts';

/** What pods ask for, or a node has. */
export interface Amounts {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
}

export interface Taint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
}

/** The node as a scheduler sees it. */
export interface NodeView {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
  readonly allocatable: Amounts;
}

/** A pod's requests: the sum of its containers', or the largest init container's when that is more. */
export function requestsOf(pod: Pod): Amounts {
  const of = (container: Container) => {
    const { requests, limits } = container.resources ?? {};
    const pick = (resource: string) => requests?.[resource] ?? limits?.[resource];
    return { cpuMilli: cpuMilli(pick('cpu')), memoryBytes: bytes(pick('memory')) };
  };
  const main = pod.spec.containers.map(of);
  const init = (pod.spec.initContainers ?? []).map(of);
  const need = (key: 'cpuMilli' | 'memoryBytes') =>
    Math.max(
      main.reduce((sum, amounts) => sum + amounts[key], 0),
      ...init.map((amounts) => amounts[key]),
    );
  const overhead = pod.spec.overhead ?? {};
  return {
    cpuMilli: need('cpuMilli') + cpuMilli(overhead['cpu']),
    memoryBytes: need('memoryBytes') + bytes(overhead['memory']),
    pods: 1,
  };
}

/** What the pods that are not over ask for together. */
export function usedBy(pods: Iterable<Pod>): Amounts {
  let used: Amounts = { cpuMilli: 0, memoryBytes: 0, pods: 0 };
  for (const pod of pods) if (!isTerminal(pod)) used = plus(used, requestsOf(pod));
  return used;
}

function plus(a: Amounts, b: Amounts): Amounts {
  return {
    cpuMilli: a.cpuMilli + b.cpuMilli,
    memoryBytes: a.memoryBytes + b.memoryBytes,
    pods: a.pods + b.pods,
  };
}

/** Resources that would not suffice, in the scheduler's order (noderesources/fit.go fitsRequest). */
export function lacking(need: Amounts, used: Amounts, has: Amounts): readonly ('pods' | 'cpu' | 'memory')[] {
  return [
    ...(used.pods + need.pods > has.pods ? (['pods'] as const) : []),
    ...(need.cpuMilli > 0 && used.cpuMilli + need.cpuMilli > has.cpuMilli ? (['cpu'] as const) : []),
    ...(need.memoryBytes > 0 && used.memoryBytes + need.memoryBytes > has.memoryBytes ? (['memory'] as const) : []),
  ];
}

/** `0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.`, from what `refusals` says of each node (FitError.Error). */
export function unschedulableText(perNode: readonly (readonly string[])[]): string {
  const counts = [...Map.groupBy(perNode.flat(), (reason) => reason)].map(
    ([reason, { length }]) => `${length} ${reason}`,
  );
  return `0/${perNode.length} nodes are available: ${counts.sort().join(', ')}.`;
}

/** Why a pod does not fit on a node, in kube-scheduler's words; empty when it does. The first filter that refuses speaks. */
export function refusals(pod: Pod, node: NodeView, used: Amounts): readonly string[] {
  const tolerations = pod.spec.tolerations ?? [];
  const cordoned: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  if (node.unschedulable && !tolerated(cordoned, tolerations)) return ['node(s) were unschedulable'];
  const repelled = node.taints.find(
    (taint) => (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !tolerated(taint, tolerations),
  );
  if (repelled !== undefined) return ['node(s) had untolerated taint(s)'];
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  if (selector.some(([key, value]) => node.labels[key] !== value)) {
    return ["node(s) didn't match Pod's node affinity/selector"];
  }
  const texts = { pods: 'Too many pods', cpu: 'Insufficient cpu', memory: 'Insufficient memory' } as const;
  return lacking(requestsOf(pod), used, node.allocatable)
    .map((resource) => texts[resource])
    .sort();
}

function tolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some(({ key, operator = 'Equal', value = '', effect }) => {
    if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
    if (key === undefined || key === '') return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
  });
}
