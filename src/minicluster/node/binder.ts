import { z } from 'zod';
import type { ListWatch, ObjectMeta } from '../../contracts/kube-client.ts';
import { describe, type LabError } from '../../errors/lab-error.ts';
import { isStatus } from '../../kube/client.ts';
import { listWatch } from '../../kube/list-watch.ts';
import { Meta, parseAs } from '../../kube/objects.ts';
import type { EventRecorder } from './event-recorder.ts';
import { type Amounts, type NodeView, plus, requestsOf, usedBy, whyUnschedulable } from './fit.ts';
import { type NodePorts, pause } from './node-ports.ts';
import { type Pod, parsePod, podKey } from './pod.ts';
import { rfc3339 } from './runtime.ts';

const COMPONENT = 'default-scheduler';
const NOT_READY = 'node.kubernetes.io/not-ready';
/** The same refusal is told again after this time, as kube-scheduler's queue does. */
const REPEAT_MS = 300_000;
const RETRY_MS = 1_000;

const NodeSchema = z.object({
  metadata: Meta,
  spec: z
    .object({
      unschedulable: z.boolean().nullish(),
      taints: z.array(z.object({ key: z.string(), value: z.string().optional(), effect: z.string() })).nullish(),
    })
    .nullish(),
});
interface SeenNode {
  readonly metadata: ObjectMeta;
  readonly unschedulable: boolean;
  readonly taints: readonly { readonly key: string; readonly value?: string | undefined; readonly effect: string }[];
}

export interface BinderOptions {
  readonly ports: NodePorts;
  readonly events: EventRecorder;
  readonly nodeName: string;
  readonly allocatable: Amounts;
  /** Pods bound to the node, as the API has them. */
  readonly bound: () => readonly Pod[];
  readonly signal: AbortSignal;
}

/** Binds Pending pods to this one node, in place of kube-scheduler: oldest of the highest priority first. */
export class Binder {
  readonly #options: BinderOptions;
  readonly #pending: ListWatch<Pod>;
  readonly #nodes: ListWatch<SeenNode>;
  /** Bound by us, not yet seen as bound. */
  readonly #assumed = new Map<string, Pod>();
  readonly #told = new Map<string, { readonly text: string; readonly at: number }>();
  #working = false;
  #again = false;

  constructor(options: BinderOptions) {
    this.#options = options;
    const { client, clock, log } = options.ports;
    const watching = { clock, signal: options.signal, onError: (error: LabError) => log(`binder: ${describe(error)}`) };
    this.#pending = listWatch(client, '/api/v1/pods', {
      ...watching,
      parse: parsePod,
      query: { fieldSelector: 'spec.nodeName=,status.phase!=Failed,status.phase!=Succeeded' },
    });
    this.#nodes = listWatch(client, '/api/v1/nodes', {
      ...watching,
      parse: parseNode,
      query: { fieldSelector: `metadata.name=${options.nodeName}` },
    });
    this.#pending.onChange(() => this.kick());
    this.#nodes.onChange(() => this.kick());
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
    return this.#pending
      .items()
      .filter(
        ({ metadata, spec }) =>
          metadata.deletionTimestamp === undefined &&
          spec.schedulerName === COMPONENT &&
          (spec.schedulingGates ?? []).length === 0 &&
          !this.#assumed.has(metadata.uid ?? ''),
      )
      .sort((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || (created(a) < created(b) ? -1 : 1));
  }

  async #schedule(pod: Pod): Promise<void> {
    const node = this.#node();
    if (node === undefined) return; // not registered yet: its event comes
    const why = whyUnschedulable(pod, node, this.#used());
    if (why !== undefined) return this.#refuse(pod, why);
    const { name, namespace = '', uid = '' } = pod.metadata;
    await this.#options.ports.client.json('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: node.name },
    });
    this.#assumed.set(uid, pod);
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

  #used(): Amounts {
    const bound = this.#options.bound();
    for (const { metadata } of bound) this.#assumed.delete(metadata.uid ?? '');
    return [...this.#assumed.values()].reduce((sum, pod) => plus(sum, requestsOf(pod)), usedBy(bound));
  }

  #node(): NodeView | undefined {
    const { nodeName, allocatable } = this.#options;
    const node = this.#nodes.get(undefined, nodeName);
    if (node === undefined) return undefined;
    // The binder is part of the node: it knows better than a taint whether the node is ready.
    const taints = node.taints.filter(({ key }) => key !== NOT_READY);
    return {
      name: nodeName,
      labels: node.metadata.labels ?? {},
      unschedulable: node.unschedulable,
      taints,
      allocatable,
    };
  }

  #event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const subject = { apiVersion: 'v1', kind: 'Pod', metadata: pod.metadata };
    this.#options.events.record({ subject, type, reason, message, component: COMPONENT });
  }
}

function parseNode(foreign: unknown): SeenNode {
  const { metadata, spec } = parseAs(NodeSchema, foreign, 'a Node');
  return { metadata, unschedulable: spec?.unschedulable === true, taints: spec?.taints ?? [] };
}
