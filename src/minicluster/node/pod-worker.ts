import { describe } from '../../errors/lab-error.ts';
import { isStatus } from '../../kube/client.ts';
import { ContainerRunner, type RestartPolicy } from './container-runner.ts';
import type { PodFacts } from './env.ts';
import { firstView } from './first-view.ts';
import { type Container, isTerminal, type Pod, type PodCondition, podKey } from './pod.ts';
import type { NodeContext, PodHost } from './pod-host.ts';
import { HOST_IP, podStatus, type PodStatus } from './pod-status.ts';
import type { PodRecord, Records } from './records.ts';
import type { PodRuntime } from './runtime.ts';
import type { StatusWriter } from './status-writer.ts';

export interface PodWorkerOptions {
  readonly node: NodeContext;
  readonly records: Records;
  readonly statuses: StatusWriter;
  readonly pod: Pod;
  readonly ip: string;
  /** What the disk knows of it; its processes are already gone. */
  readonly record?: PodRecord;
  /** The node refuses it: it becomes Failed and nothing is run. */
  readonly refused?: { readonly reason: string; readonly message: string };
  /** Told when readiness or ports may have changed. */
  readonly onChange: () => void;
  /** Told once, when nothing is left to do for it. */
  readonly onGone: () => void;
}

const DELETE_RETRY_MS = 1_000;

/** One pod on this node, from its acceptance until it is gone from the API. */
export class PodWorker implements PodHost {
  readonly node: NodeContext;
  readonly ip: string;
  readonly #options: PodWorkerOptions;
  readonly #terminating = new AbortController();
  readonly #startTime: number;
  readonly #init: readonly ContainerRunner[];
  readonly #main: readonly ContainerRunner[];
  #pod: Pod;
  #conditions: readonly PodCondition[];
  #over = false;
  #vanished = false;
  #running: Promise<void> = Promise.resolve();
  #finishing = false;

  constructor(options: PodWorkerOptions) {
    this.#options = options;
    this.node = options.node;
    this.#pod = options.pod;
    this.ip = options.ip;
    this.#conditions = options.pod.status.conditions ?? [];
    this.#startTime = options.record?.startTime ?? options.node.ports.clock.now();
    const { spec } = options.pod;
    const policy = restartPolicy(spec.restartPolicy);
    const initPolicy = policy === 'Never' ? 'Never' : 'OnFailure';
    const runner = (container: Container, init: boolean) =>
      new ContainerRunner(this, container, init ? initPolicy : policy, firstView(options, container, init));
    this.#init = (spec.initContainers ?? []).map((container) => runner(container, true));
    this.#main = spec.containers.map((container) => runner(container, false));
    this.#over = options.refused !== undefined || isTerminal(options.pod);
  }

  get terminating(): AbortSignal {
    return this.#terminating.signal;
  }
  get facts(): PodFacts {
    return { podIP: this.ip, hostIP: HOST_IP, allocatable: this.node.config.capacity };
  }
  pod(): Pod {
    return this.#pod;
  }
  get over(): boolean {
    return this.#over;
  }
  get runners(): readonly ContainerRunner[] {
    return [...this.#init, ...this.#main];
  }
  /** Container port → port of the host, of what runs. */
  get hostPorts(): ReadonlyMap<number, number> {
    return new Map(this.runners.flatMap(({ hostPorts }) => [...hostPorts]));
  }
  /** Ready to be sent traffic: all containers are ready and the pod is not being deleted. */
  get ready(): boolean {
    if (this.#over || this.#terminating.signal.aborted) return false;
    return this.status().conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  }

  /** Begins; call once. */
  start(): void {
    if (this.#over) this.#report();
    else this.changed();
    // First, so that nothing is started of a pod that is to be deleted.
    this.update(this.#pod);
    this.#running = this.#run().catch((error: unknown) => {
      this.node.ports.log(`pod ${podKey(this.#pod)}: ${describe(error)}`);
    });
  }

  /** The pod as the API has it now. */
  update(pod: Pod): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp === undefined) return;
    const grace = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds;
    void this.#terminate(grace * 1000);
  }

  /** The pod is gone from the API: whatever still runs is killed at once. */
  async vanish(): Promise<void> {
    this.#vanished = true;
    await this.#terminate(0);
  }

  /** The node itself ends: the processes are stopped, the pod stays as it is. */
  async shutDown(mostMs: number): Promise<void> {
    const grace = Math.min(this.#pod.spec.terminationGracePeriodSeconds * 1000, mostMs);
    await Promise.all(this.runners.map((runner) => runner.stop(grace)));
  }

  changed(): void {
    this.#record();
    this.#report();
    this.#options.onChange();
  }

  status(): PodStatus {
    return podStatus(this.#pod, this.#runtime(), this.#conditions, this.node.ports.clock.now());
  }

  /** Told by the status writer; later statuses keep the times of what did not change. */
  written(status: PodStatus): void {
    this.#conditions = status.conditions;
  }

  /** Reports again when the API has something else than what was reported last. */
  compare(): void {
    if (isTerminal(this.#options.pod)) return;
    const mine = this.status();
    const differs = mine.conditions.some(
      ({ type, status }) => this.#pod.status.conditions?.find((theirs) => theirs.type === type)?.status !== status,
    );
    if (differs || this.#pod.status.phase !== mine.phase) {
      this.#options.statuses.repeat(this.#pod, () => this.status());
    }
  }

  async #run(): Promise<void> {
    if (this.#over) return;
    for (const runner of this.#init) {
      await runner.run();
      const { state } = runner.view;
      if (state.kind === 'terminated' && state.exitCode === 0 && !this.terminating.aborted) continue;
      return this.#end();
    }
    await Promise.all(this.#main.map((runner) => runner.run()));
    this.#end();
  }

  #end(): void {
    // A node that ends stops its children too: then the pod is not over, it goes on with the next node.
    if (this.#over || (!this.terminating.aborted && this.node.ending.aborted)) return;
    this.#over = true;
    this.changed();
  }

  async #terminate(graceMs: number): Promise<void> {
    if (!this.#terminating.signal.aborted) {
      this.#terminating.abort();
      this.#options.onChange();
      for (const { container, view } of this.runners) {
        if (view.state.kind === 'running') {
          this.node.event(this.#pod, 'Normal', 'Killing', `Stopping container ${container.name}`);
        }
      }
    }
    await Promise.all(this.runners.map((runner) => runner.stop(graceMs)));
    // Also when it was called before the run began.
    await Promise.resolve().then(() => this.#running);
    if (this.#finishing) return;
    this.#finishing = true;
    if (!this.#vanished) await this.#delete();
    this.#options.statuses.forget(this.#pod.metadata.uid ?? '');
    this.#options.records.remove(this.#pod.metadata.uid ?? '');
    this.#options.onGone();
  }

  /** Reports the end, then takes the object away, as the kubelet does (pkg/kubelet/status/status_manager.go). */
  async #delete(): Promise<void> {
    const { client, clock, log } = this.node.ports;
    const { namespace = '', name, uid = '' } = this.#pod.metadata;
    await this.#options.statuses.flush(this.#pod);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } };
    while (!this.#vanished && !this.node.ending.aborted) {
      try {
        await client.json('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, body);
        return;
      } catch (error) {
        if (isStatus(error, 404) || isStatus(error, 409)) return;
        log(`deleting pod ${namespace}/${name}: ${describe(error)}`);
      }
      await clock.sleep(DELETE_RETRY_MS);
    }
  }

  #runtime(): PodRuntime {
    const { refused } = this.#options;
    return {
      containers: this.runners.map(({ view }) => view),
      startTime: this.#startTime,
      over: this.#over,
      ...(refused === undefined ? { ip: this.ip } : { failed: refused }),
    };
  }

  #report(): void {
    // What was over before this node saw it has its final status already.
    if (isTerminal(this.#options.pod) || this.node.ending.aborted) return;
    this.#options.statuses.put(this.#pod, () => this.status());
  }

  #record(): void {
    // A node that ends leaves the record as it is: the next one goes on from there.
    if (this.#finishing || this.node.ending.aborted) return;
    const { namespace = '', name, uid = '' } = this.#pod.metadata;
    const containers = this.runners.map(({ view, process }) => ({
      view,
      ...(process === undefined ? {} : { process }),
    }));
    this.#options.records.write({ uid, namespace, name, ip: this.ip, startTime: this.#startTime, containers });
  }
}

function restartPolicy(text: string): RestartPolicy {
  return text === 'Never' || text === 'OnFailure' ? text : 'Always';
}
