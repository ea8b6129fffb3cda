import { z } from 'zod';
import { describe } from '../../errors/lab-error.ts';
import { isStatus } from '../../kube/client.ts';
import { parseAs } from '../../kube/objects.ts';
import type { NodeConfig } from './config.ts';
import { type Described, type Machine, nodeLabels, nodeObject, nodeStatus } from './node-object.ts';
import { type NodePorts, pause } from './node-ports.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
/** As the kubelet: a lease of 40 s, renewed every 10 s; the status every 5 min when nothing changes. */
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
const STATUS_MS = 300_000;
const RETRY_MS = 1_000;
const NOT_READY_TAINT = 'node.kubernetes.io/not-ready';

const Version = z.object({ gitVersion: z.string() });
const NodeSeen = z.object({
  metadata: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }),
  spec: z
    .object({ taints: z.array(z.looseObject({ key: z.string(), effect: z.string().optional() })).nullish() })
    .nullish(),
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string().exactOptional() }))
        .nullish(),
    })
    .nullish(),
});

/** Keeps the Node object and its lease alive. */
export class Heartbeat {
  readonly #config: NodeConfig;
  readonly #ports: NodePorts;
  readonly #machine: Machine;
  #uid: string | undefined;
  /** The server's own version: the node is part of the same lab. */
  #version = '';

  constructor(config: NodeConfig, ports: NodePorts, machine: Machine) {
    this.#config = config;
    this.#ports = ports;
    this.#machine = machine;
  }

  /** UID of the Node object, once registered. */
  get uid(): string | undefined {
    return this.#uid;
  }

  /** Registers the node, tried until it works. */
  async register(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        return await this.#register();
      } catch (error) {
        this.#ports.log(`registering the node: ${describe(error)}`);
      }
      await pause(this.#ports.clock, RETRY_MS, signal);
    }
  }

  /** Renews until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#ports;
    let reported = clock.monotonic();
    let trouble = '';
    while (!signal.aborted) {
      let wait = RENEW_MS;
      try {
        await this.#renew();
        if (clock.monotonic() - reported >= STATUS_MS || !(await this.#isReady())) {
          await this.#report();
          reported = clock.monotonic();
        }
        trouble = '';
      } catch (error) {
        const text = describe(error);
        if (text !== trouble) log(`heartbeat: ${text}`);
        trouble = text;
        wait = RETRY_MS;
      }
      await pause(clock, wait, signal);
    }
  }

  /** Whether the API says so: after a time without heartbeats the node controller has written that the node is lost. */
  async #isReady(): Promise<boolean> {
    const found = await this.#ports.client.find(this.#path);
    if (found === undefined) return false;
    const conditions = parseAs(NodeSeen, found, this.#path).status?.conditions ?? [];
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  }

  /** Makes the Node object, or brings the one that is there up to date. */
  async #register(): Promise<void> {
    const { client, clock } = this.#ports;
    this.#version = parseAs(Version, await client.json('GET', '/version'), '/version').gitVersion;
    const object = nodeObject(this.#config, this.#described, clock.now());
    const answer = await client.request('POST', '/api/v1/nodes', object);
    if (answer.status >= 300 && answer.status !== 409) await client.json('POST', '/api/v1/nodes', object);
    await this.#report();
    await this.#renew();
  }

  async #report(): Promise<void> {
    const { client, clock } = this.#ports;
    const found = await client.find(this.#path);
    if (found === undefined) return this.#register();
    const node = parseAs(NodeSeen, found, this.#path);
    this.#uid = node.metadata.uid;
    const status = nodeStatus(this.#config, this.#described, node.status?.conditions ?? [], clock.now());
    await client.patch(`${this.#path}/status`, 'strategic', { status });
    const labels = { metadata: { labels: nodeLabels(this.#config, this.#machine) } };
    await client.patch(this.#path, 'merge', labels);
    await this.#removeTaint(node.spec?.taints ?? []);
  }

  /** Admission taints every new Node; the controller that would take it away is not part of every control plane. */
  async #removeTaint(taints: readonly { readonly key: string }[]): Promise<void> {
    const left = taints.filter(({ key }) => key !== NOT_READY_TAINT);
    if (left.length === taints.length) return;
    await this.#ports.client.patch(this.#path, 'merge', { spec: { taints: left } });
  }

  async #renew(): Promise<void> {
    const { client, clock } = this.#ports;
    const { nodeName } = this.#config;
    const collection = `/apis/coordination.k8s.io/v1/namespaces/${LEASE_NAMESPACE}/leases`;
    const spec = {
      holderIdentity: nodeName,
      leaseDurationSeconds: LEASE_SECONDS,
      renewTime: microTime(clock.now()),
    };
    try {
      await client.patch(`${collection}/${nodeName}`, 'merge', { spec });
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
      // A new lease means a new or a deleted Node.
      if ((await client.find(this.#path)) === undefined) return this.#register();
      await this.#createLease(collection, spec);
    }
  }

  async #createLease(collection: string, spec: object): Promise<void> {
    const { client } = this.#ports;
    const { nodeName } = this.#config;
    const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: this.#uid };
    await client.json('POST', collection, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: nodeName,
        namespace: LEASE_NAMESPACE,
        ...(this.#uid === undefined ? {} : { ownerReferences: [owner] }),
      },
      spec,
    });
  }

  get #described(): Described {
    return { ...this.#machine, version: this.#version };
  }

  get #path(): string {
    return `/api/v1/nodes/${this.#config.nodeName}`;
  }
}

/** RFC 3339 with microseconds, as metav1.MicroTime. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
