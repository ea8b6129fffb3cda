import { join } from 'node:path';
import type { ListWatch } from '../../contracts/kube-client.ts';
import { describe } from '../../errors/lab-error.ts';
import { isStatus } from '../../kube/client.ts';
import { listWatch } from '../../kube/list-watch.ts';
import { Binder } from './binder.ts';
import type { NodeConfig } from './config.ts';
import { configReader } from './config-reader.ts';
import { EventRecorder } from './event-recorder.ts';
import { type Amounts, lacking, requestsOf, usedBy } from './fit.ts';
import { Heartbeat } from './heartbeat.ts';
import { IpPool } from './ip-pool.ts';
import { LogStore } from './log-store.ts';
import { type Neighbours, watchNeighbours } from './neighbours.ts';
import { type Machine, nodeLabels } from './node-object.ts';
import { type NodePorts, pause } from './node-ports.ts';
import { isTerminal, type Pod, parsePod, podKey } from './pod.ts';
import type { NodeContext } from './pod-host.ts';
import { HOST_PORTS, hostPortsText } from './pod-ports.ts';
import { PodWorker } from './pod-worker.ts';
import { COMMAND_FILE } from './probe-target.ts';
import { PortPool } from './port-pool.ts';
import { bytes, cpuMilli } from './quantity.ts';
import { reapChildren } from './reap.ts';
import { type PodRecord, Records } from './records.ts';
import { StatusWriter } from './status-writer.ts';

const MAX_LOG_BYTES = 10 * 1024 * 1024;
const SHUTDOWN_SECONDS = 10;
const UPKEEP_MS = 60_000;

/** The node agent: one Node object, and the pods bound to it as child processes. */
export class NodeAgent {
  readonly logs: LogStore;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly #config: NodeConfig;
  readonly #ports: NodePorts;
  readonly #records: Records;
  readonly #statuses: StatusWriter;
  readonly #events: EventRecorder;
  readonly #heartbeat: Heartbeat;
  readonly #context: NodeContext;
  readonly #allocatable: Amounts;
  readonly #workers = new Map<string, PodWorker>();
  readonly #known = new Map<string, PodRecord>();
  readonly #ips: IpPool;
  /** Pods of a further node → the ports that their annotations tell. */
  readonly #announced = new Map<string, string>();
  readonly #ending = new AbortController();
  readonly #listeners: (() => void)[] = [];
  #pods: ListWatch<Pod> | undefined;
  #binder: Binder | undefined;
  #neighbours: Neighbours | undefined;

  constructor(config: NodeConfig, ports: NodePorts, machine: Machine) {
    this.#config = config;
    this.#ports = ports;
    this.#ips = new IpPool(config.podPrefix);
    this.nodeLabels = nodeLabels(config, machine);
    const { client, clock, files, log } = ports;
    files.ensureDir(config.stateDir);
    const { cpu, memory, pods } = config.capacity;
    this.#allocatable = { cpuMilli: cpuMilli(cpu), memoryBytes: bytes(memory), pods };
    this.logs = new LogStore({
      dir: config.logsDir,
      maxBytes: config.maxLogBytes ?? MAX_LOG_BYTES,
      clock,
      files,
      log,
    });
    this.#records = new Records(config.stateDir, files, log);
    this.#events = new EventRecorder({ client, clock, nodeName: config.nodeName, log });
    this.#heartbeat = new Heartbeat(config, ports, machine);
    this.#statuses = new StatusWriter({
      client,
      clock,
      log,
      onWritten: (uid, status) => this.#workers.get(uid)?.written(status),
    });
    this.#context = {
      config,
      ports,
      logs: this.logs,
      configReader: configReader(client, clock),
      hostPorts: new PortPool(ports.freePort),
      ending: this.#ending.signal,
      event: (pod, type, reason, message) => {
        const subject = { apiVersion: 'v1', kind: 'Pod', metadata: pod.metadata };
        this.#events.record({ subject, type, reason, message, component: 'kubelet' });
      },
    };
  }

  /** The rest of the cluster, for the first node and for one that binds pods; after `start`. */
  get neighbours(): Neighbours | undefined {
    return this.#neighbours;
  }

  /** Every pod that this node has, in no order. */
  get workers(): readonly PodWorker[] {
    return [...this.#workers.values()];
  }

  worker(namespace: string, name: string): PodWorker | undefined {
    return this.workers.find((worker) => podKey(worker.pod()) === `${namespace}/${name}`);
  }

  /** Called whenever readiness or ports of pods may have changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Reaps what an earlier run left, registers the node, then runs pods until the signal; `stop()` ends their processes. */
  async start(stop: AbortSignal): Promise<void> {
    const { clock, log, processes } = this.#ports;
    const signal = AbortSignal.any([this.#ending.signal, stop]);
    this.#removeLeftovers();
    const records = this.#records.readAll();
    const reaped = await reapChildren(processes, records, this.#config.stateDir);
    if (reaped.length > 0) log(`ended ${reaped.length} processes of an earlier run`);
    for (const record of records) {
      this.#known.set(record.uid, record);
      this.#ips.hold(record.ip);
    }
    await this.#heartbeat.register(signal);
    if (signal.aborted) return;
    log(`node ${this.#config.nodeName} is registered`);
    void this.#heartbeat.run(signal);
    this.#watchPods(signal);
    void this.#upkeep(signal, clock);
  }

  /** Stops watching, then all children: SIGTERM, SIGKILL after the grace. */
  async stop(): Promise<void> {
    this.#ending.abort();
    const mostMs = (this.#config.shutdownSeconds ?? SHUTDOWN_SECONDS) * 1000;
    await Promise.all(this.workers.map((worker) => worker.shutDown(mostMs)));
    this.logs.close();
  }

  /** What probes and hooks of an earlier run were writing. */
  #removeLeftovers(): void {
    const { files } = this.#ports;
    const { stateDir } = this.#config;
    for (const name of files.list(stateDir)) if (name.startsWith(COMMAND_FILE)) files.remove(join(stateDir, name));
  }

  #watchPods(signal: AbortSignal): void {
    const { client, clock, log } = this.#ports;
    const pods = listWatch(client, '/api/v1/pods', {
      parse: parsePod,
      clock,
      signal,
      query: { fieldSelector: `spec.nodeName=${this.#config.nodeName}` },
      onError: (error) => log(`pods: ${describe(error)}`),
    });
    this.#pods = pods;
    pods.onChange((change) => {
      if (signal.aborted) return;
      if (change === undefined) this.#all(pods.items());
      else if (change.type === 'set') this.#seen(change.object);
      else this.#gone(change.object.metadata.uid ?? '');
      this.#binder?.kick();
    });
    const { nodeName, bindPods, further } = this.#config;
    if (!bindPods && further === true) return;
    const neighbours = watchNeighbours(this.#ports, nodeName, signal);
    this.#neighbours = neighbours;
    if (!bindPods) return;
    this.#binder = new Binder({
      ports: this.#ports,
      events: this.#events,
      nodeName,
      neighbours,
      bound: () => pods.items(),
      signal,
    });
  }

  /** A whole list: what is not in it is gone, also what was deleted while this node was down. */
  #all(pods: readonly Pod[]): void {
    const there = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const uid of this.#workers.keys()) if (!there.has(uid)) this.#gone(uid);
    for (const [uid, { ip }] of this.#known) {
      if (there.has(uid)) continue;
      this.#known.delete(uid);
      this.#records.remove(uid);
      this.#ips.give(ip);
    }
    for (const pod of pods) this.#seen(pod);
  }

  #seen(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = this.#workers.get(uid);
    if (worker !== undefined) return worker.update(pod);
    const record = this.#known.get(uid);
    this.#known.delete(uid);
    const refused = record === undefined && !isTerminal(pod) ? this.#refusal(pod) : undefined;
    const ip = record?.ip ?? this.#ips.take();
    const made = new PodWorker({
      node: this.#context,
      records: this.#records,
      statuses: this.#statuses,
      pod,
      ip,
      ...(record === undefined ? {} : { record }),
      ...(refused === undefined ? {} : { refused }),
      onChange: () => this.#changed(),
      onGone: () => {
        if (this.#workers.get(uid) === made) this.#workers.delete(uid);
        this.#ips.give(ip);
        this.logs.forget(uid);
        this.#changed();
      },
    });
    this.#workers.set(uid, made);
    made.start();
  }

  #gone(uid: string): void {
    void this.#workers.get(uid)?.vanish();
  }

  /** Admission (lifecycle/predicate.go): whoever bound the pod may not have known how full the node is. */
  #refusal(pod: Pod): { readonly reason: string; readonly message: string } | undefined {
    const others = this.workers
      .map((worker) => worker.pod())
      .filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
    const used = usedBy(others);
    const need = requestsOf(pod);
    const [resource] = lacking(need, used, this.#allocatable);
    if (resource === undefined) return undefined;
    const pick = (amounts: Amounts) =>
      resource === 'cpu' ? amounts.cpuMilli : resource === 'memory' ? amounts.memoryBytes : amounts.pods;
    const amounts = `requested: ${pick(need)}, used: ${pick(used)}, capacity: ${pick(this.#allocatable)}`;
    const message = `Pod was rejected: Node didn't have enough resource: ${resource}, ${amounts}`;
    this.#context.event(pod, 'Warning', `OutOf${resource}`, message);
    return { reason: `OutOf${resource}`, message };
  }

  #changed(): void {
    this.#binder?.kick();
    if (this.#config.further === true) for (const worker of this.workers) void this.#announce(worker);
    for (const listener of this.#listeners) listener();
  }

  /** Services are served by the first node, which cannot look into this process. */
  async #announce(worker: PodWorker): Promise<void> {
    const { name, namespace = '', uid = '' } = worker.pod().metadata;
    const text = hostPortsText(worker.hostPorts);
    const before = this.#announced.get(uid);
    if (before === text || (before === undefined && text === '{}')) return;
    this.#announced.set(uid, text);
    const metadata = { uid, annotations: { [HOST_PORTS]: text } };
    try {
      await this.#ports.client.patch(`/api/v1/namespaces/${namespace}/pods/${name}`, 'merge', { metadata });
    } catch (error) {
      this.#announced.delete(uid); // said again at the next change or upkeep
      if (!isStatus(error, 404) && !isStatus(error, 409)) this.#ports.log(`ports of pod ${name}: ${describe(error)}`);
    }
  }

  async #upkeep(signal: AbortSignal, clock: NodePorts['clock']): Promise<void> {
    while (await pause(clock, UPKEEP_MS, signal)) {
      this.logs.collect();
      if (this.#pods?.staleSince !== undefined) continue;
      for (const worker of this.workers) worker.compare();
      const there = new Set(this.#workers.keys());
      for (const uid of this.#announced.keys()) if (!there.has(uid)) this.#announced.delete(uid);
      this.#changed();
    }
  }
}
