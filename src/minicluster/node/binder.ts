import { describe } from '../../errors/lab-error.ts';
import { isStatus } from '../../kube/client.ts';
import type { EventRecorder } from './event-recorder.ts';
import { type NodeView, refusals, unschedulableText, usedBy } from './fit.ts';
import type { Neighbours, SeenNode } from './neighbours.ts';
import { type NodePorts, pause } from './node-ports.ts';
import { type Pod, podKey } from './pod.ts';
import { rfc3339 } from './runtime.ts';

const COMPONENT = 'default-scheduler';
/** Of a node that has said so, or has not been heard of. */
const AWAY: readonly string[] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
/** The same refusal is told again after this time, as kube-scheduler's queue does. */
const REPEAT_MS = 300_000;
const RETRY_MS = 1_000;

export interface BinderOptions {
  readonly ports: NodePorts;
  readonly events: EventRecorder;
  readonly nodeName: string;
  readonly neighbours: Neighbours;
  /** Pods bound to this node, as the API has them. */
  readonly bound: () => readonly Pod[];
  readonly signal: AbortSignal;
}

/**
 * Binds Pending pods in place of kube-scheduler: oldest of the highest priority first, each to the node with the fewest pods of
 * its owner. Every node has one; the first node by name that is not away is the one that binds.
 */
export class Binder {
  readonly #options: BinderOptions;
  /** Bound by us, not yet seen as bound: uid → where to. */
  readonly #assumed = new Map<string, { readonly pod: Pod; readonly node: string }>();
  readonly #told = new Map<string, { readonly text: string; readonly at: number }>();
  #working = false;
  #again = false;

  constructor(options: BinderOptions) {
    this.#options = options;
    options.neighbours.pods.onChange(() => this.kick());
    options.neighbours.nodes.onChange(() => this.kick());
  }

  /** Something may fit now: a pod came, a bound one ended, the node has changed. */
  kick(): void {
    this.#again = true;
    if (this.#working) return;
    this.#working = true;
    void this.#work().finally(() => {
      this.#working = false;
    });
  }

  async #work(): Promise<void> {
    const { ports, signal } = this.#options;
    while (this.#again && !signal.aborted) {
      this.#again = false;
      for (const pod of this.#queue()) {
        try {
          await this.#schedule(pod);
        } catch (error) {
          if (isStatus(error, 404) || isStatus(error, 409)) continue; // deleted or bound meanwhile: its event comes
          ports.log(`binding pod ${podKey(pod)}: ${describe(error)}`);
          this.#again = true;
          await pause(ports.clock, RETRY_MS, signal);
        }
      }
    }
  }

  #queue(): readonly Pod[] {
    const created = ({ metadata }: Pod) => metadata.creationTimestamp ?? '';
    if (!this.#binds()) return [];
    return this.#options.neighbours.pods
      .items()
      .filter(
        ({ metadata, spec }) =>
          (spec.nodeName ?? '') === '' &&
          metadata.deletionTimestamp === undefined &&
          spec.schedulerName === COMPONENT &&
          (spec.schedulingGates ?? []).length === 0 &&
          !this.#assumed.has(metadata.uid ?? ''),
      )
      .sort((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || (created(a) < created(b) ? -1 : 1));
  }

  async #schedule(pod: Pod): Promise<void> {
    const placed = this.#placed();
    const nodes = this.#nodes();
    if (nodes.length === 0) return; // not registered yet: its event comes
    const why = nodes.map((node) => refusals(pod, node, usedBy(placed.get(node.name) ?? [])));
    const fitting = nodes.filter((_, at) => why[at]?.length === 0);
    const node = leastFilled(pod, fitting, placed);
    if (node === undefined) return this.#refuse(pod, unschedulableText(why));
    const { name, namespace = '', uid = '' } = pod.metadata;
    await this.#options.ports.client.json('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: node.name },
    });
    this.#assumed.set(uid, { pod, node: node.name });
    this.#told.delete(uid);
    this.#event(pod, 'Normal', 'Scheduled', `Successfully assigned ${podKey(pod)} to ${node.name}`);
  }

  async #refuse(pod: Pod, message: string): Promise<void> {
    const { client, clock } = this.#options.ports;
    const { name, namespace = '', uid = '' } = pod.metadata;
    const told = this.#told.get(uid);
    if (told?.text === message && clock.monotonic() - told.at < REPEAT_MS) return;
    this.#event(pod, 'Warning', 'FailedScheduling', message);
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
    const conditions = [{ ...condition, lastTransitionTime: rfc3339(clock.now()) }];
    await client.patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, 'strategic', {
      metadata: { uid },
      status: { conditions },
    });
    this.#told.set(uid, { text: message, at: clock.monotonic() });
  }

  /** Pods that count, by node. */
  #placed(): ReadonlyMap<string, readonly Pod[]> {
    const { bound, neighbours, nodeName } = this.#options;
    const elsewhere = neighbours.pods.items().filter(({ spec }) => (spec.nodeName ?? '') !== '');
    const seen = [...bound(), ...elsewhere];
    for (const { metadata } of seen) this.#assumed.delete(metadata.uid ?? '');
    const all = [...seen.map((pod) => ({ pod, node: pod.spec.nodeName ?? nodeName })), ...this.#assumed.values()];
    return new Map([...Map.groupBy(all, ({ node }) => node)].map(([name, on]) => [name, on.map(({ pod }) => pod)]));
  }

  #nodes(): readonly NodeView[] {
    const { neighbours, nodeName } = this.#options;
    return neighbours.nodes.items().map((node) => ({
      name: node.metadata.name,
      labels: node.metadata.labels ?? {},
      unschedulable: node.unschedulable,
      // The binder is part of its node: it knows better than a taint whether that one is ready.
      taints: node.metadata.name === nodeName ? node.taints.filter(({ key }) => !AWAY.includes(key)) : node.taints,
      allocatable: node.allocatable,
    }));
  }

  #binds(): boolean {
    const { neighbours, nodeName } = this.#options;
    const isAway = ({ metadata, taints }: SeenNode) =>
      metadata.name !== nodeName && taints.some(({ key }) => AWAY.includes(key));
    const [first] = neighbours.nodes
      .items()
      .filter((node) => !isAway(node))
      .map(({ metadata }) => metadata.name)
      .sort();
    return first === nodeName;
  }

  #event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const subject = { apiVersion: 'v1', kind: 'Pod', metadata: pod.metadata };
    this.#options.events.record({ subject, type, reason, message, component: COMPONENT });
  }
}

/** Pods of one owner are spread over the nodes (PodTopologySpread's system default), then the emptier node is taken. */
function leastFilled(
  pod: Pod,
  nodes: readonly NodeView[],
  placed: ReadonlyMap<string, readonly Pod[]>,
): NodeView | undefined {
  const owner = ownerOf(pod);
  const scored = nodes.map((node) => {
    const on = placed.get(node.name) ?? [];
    const siblings = owner === undefined ? 0 : on.filter((other) => ownerOf(other) === owner).length;
    return { node, siblings, count: on.length };
  });
  const [best] = scored.sort(
    (a, b) => a.siblings - b.siblings || a.count - b.count || (a.node.name < b.node.name ? -1 : 1),
  );
  return best?.node;
}

function ownerOf({ metadata }: Pod): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}
