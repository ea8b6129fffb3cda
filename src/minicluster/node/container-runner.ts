import type { ProcessIdentity, SpawnedProcess } from '../../contracts/processes.ts';
import { describe } from '../../errors/lab-error.ts';
import { BackOff, goSeconds } from './back-off.ts';
import { terminatedBy } from './exit-state.ts';
import { programOf } from './images.ts';
import { type Launch, prepareLaunch } from './launch.ts';
import { pause } from './node-ports.ts';
import type { Container } from './pod.ts';
import { podInMessages } from './pod.ts';
import { CONTAINER_ENV, type PodHost } from './pod-host.ts';
import { probeContainer } from './prober.ts';
import { probeTarget } from './probe-target.ts';
import type { ContainerState, ContainerView, Terminated } from './runtime.ts';
import { Stopper } from './stopper.ts';

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** How long a missing Secret or ConfigMap is waited for before it is looked up again. */
const CONFIG_RETRY_MS = 5_000;

/** Runs one container of a pod: start, watch, restart with back-off, until its policy or the pod's end says stop. */
export class ContainerRunner {
  readonly container: Container;
  readonly #host: PodHost;
  readonly #policy: RestartPolicy;
  readonly #ending = new AbortController();
  readonly #backOff = new BackOff();
  #view: ContainerView;
  #launch: Launch | undefined;
  #running: { readonly process: SpawnedProcess; readonly stopper: Stopper } | undefined;

  /** `view` is what is known from before; its state is `terminated` if a process of it was reaped. */
  constructor(host: PodHost, container: Container, policy: RestartPolicy, view: ContainerView) {
    this.#host = host;
    this.container = container;
    this.#policy = policy;
    this.#view = view;
  }

  get view(): ContainerView {
    return this.#view;
  }
  get process(): ProcessIdentity | undefined {
    return this.#running?.process;
  }
  /** Container port → port of the host, while it runs. */
  get hostPorts(): ReadonlyMap<number, number> {
    return this.#running === undefined ? new Map() : (this.#launch?.hostPorts ?? new Map());
  }

  /** Resolves when the container will not run (again). */
  async run(): Promise<void> {
    let ended = this.#view.state.kind === 'terminated' ? this.#view.state : undefined;
    while (!this.#ending.signal.aborted) {
      if (ended !== undefined && !(this.#restarts(ended) && (await this.#untilRestart(ended)))) return;
      const launch = await this.#untilPrepared(ended);
      if (launch === undefined) return;
      if (this.#ending.signal.aborted) return this.#host.node.hostPorts.give(launch.hostPorts.values());
      ended = await this.#runOnce(launch, ended);
    }
  }

  /** Ends it: SIGTERM, after `graceMs` SIGKILL. A second call can only shorten the grace. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#ending.abort();
    await this.#running?.stopper.stop(graceMs);
  }

  #restarts({ exitCode }: Terminated): boolean {
    return this.#policy === 'Always' || (this.#policy === 'OnFailure' && exitCode !== 0);
  }

  /** Waits out the back-off after an end; false when the pod ended first. */
  async #untilRestart(ended: Terminated): Promise<boolean> {
    const { clock } = this.#host.node.ports;
    const wait = this.#backOff.remaining(ended.finishedAt, clock.now());
    if (wait > 0) {
      const pod = podInMessages(this.#host.pod());
      const { name } = this.container;
      const message = `back-off ${goSeconds(this.#backOff.delayMs)} restarting failed container=${name} pod=${pod}`;
      this.#set({ kind: 'waiting', reason: 'CrashLoopBackOff', message }, { last: ended });
      this.#event('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${pod}`);
      if (!(await pause(clock, wait, this.#ending.signal))) return false;
    }
    this.#backOff.next(ended.finishedAt, clock.now());
    return true;
  }

  /** Waits until image and configuration are there; undefined when the pod ended first. */
  async #untilPrepared(ended: Terminated | undefined): Promise<Launch | undefined> {
    const program = await this.#untilPulled();
    while (program !== undefined && !this.#ending.signal.aborted) {
      const incarnation = this.#view.restartCount + (ended === undefined ? 0 : 1);
      const result = await prepareLaunch(this.#host, this.container, program, incarnation);
      if (result.ok) return result.launch;
      const { message } = result;
      this.#set({ kind: 'waiting', reason: 'CreateContainerConfigError', message });
      this.#event('Warning', 'Failed', `Error: ${message}`);
      if (!(await pause(this.#host.node.ports.clock, CONFIG_RETRY_MS, this.#ending.signal))) return undefined;
    }
    return undefined;
  }

  async #untilPulled(): Promise<readonly string[] | undefined> {
    const { config, ports } = this.#host.node;
    const { image } = this.container;
    const backOff = new BackOff();
    for (;;) {
      const program = programOf(config.images, image);
      if (program !== undefined) {
        this.#event('Normal', 'Pulled', `Container image "${image}" already present on machine`);
        return program;
      }
      const known = Object.keys(config.images).sort().join(', ') || 'none';
      const why = `the process node has no program for this image; it has: ${known}`;
      const text = `failed to pull and unpack image "${image}": ${why}`;
      this.#event('Warning', 'Failed', `Failed to pull image "${image}": ${text}`);
      this.#set({ kind: 'waiting', reason: 'ErrImagePull', message: text });
      const now = ports.clock.now();
      backOff.next(now, now);
      if (!(await pause(ports.clock, 1_000, this.#ending.signal))) return undefined;
      this.#event('Normal', 'BackOff', `Back-off pulling image "${image}"`);
      const message = `Back-off pulling image "${image}": ErrImagePull: ${text}`;
      this.#set({ kind: 'waiting', reason: 'ImagePullBackOff', message });
      if (!(await pause(ports.clock, backOff.delayMs, this.#ending.signal))) return undefined;
    }
  }

  async #runOnce(launch: Launch, ended: Terminated | undefined): Promise<Terminated> {
    const { node } = this.#host;
    const { clock, processes } = node.ports;
    const restartCount = this.#view.restartCount + (ended === undefined ? 0 : 1);
    const { containerID } = launch;
    const known = { restartCount, containerID, ...(ended === undefined ? {} : { last: ended }) };
    const log = node.logs.open(this.#host.pod(), this.container.name, restartCount);
    const [command = '', ...args] = launch.argv;
    this.#event('Normal', 'Created', `Container created`);
    const startedAt = clock.now();
    const exited = new AbortController();
    try {
      const process = await processes.spawn({ command, args, env: launch.env, logFile: log.path });
      const stopper = new Stopper(processes, clock, process, () => this.#preStop(exited.signal));
      this.#launch = launch;
      this.#running = { process, stopper };
      this.#set({ kind: 'running', startedAt }, { ...known, ready: false, started: false });
      this.#event('Normal', 'Started', 'Container started');
      if (this.#ending.signal.aborted) void stopper.stop(0);
      const probing = this.#probe(exited.signal);
      const exit = await process.exited;
      exited.abort();
      await probing;
      killRest(this.#host, containerID);
      return this.#over(terminatedBy(exit, { startedAt, finishedAt: clock.now() }, containerID), known);
    } catch (error) {
      const message = describe(error);
      this.#event('Warning', 'Failed', `Error: ${message}`);
      const finishedAt = clock.now();
      return this.#over({ kind: 'terminated', exitCode: 128, reason: 'StartError', message, finishedAt }, known);
    } finally {
      exited.abort();
      log.end();
      node.hostPorts.give(launch.hostPorts.values());
    }
  }

  #over(state: Terminated, known: Partial<ContainerView>): Terminated {
    this.#running = undefined;
    this.#set(state, { ...known, ready: false, started: false });
    return state;
  }

  #probe(signal: AbortSignal): Promise<void> {
    const { container } = this;
    return probeContainer({
      container,
      clock: this.#host.node.ports.clock,
      target: probeTarget(this.#host, container, this.#launch),
      signal,
      terminating: this.#host.terminating,
      onStarted: () => this.#mark({ started: true }),
      onReady: (ready) => this.#mark({ ready }),
      onUnhealthy: (kind, message) => this.#event('Warning', 'Unhealthy', `${kind} probe failed: ${message}`),
      onDead: (kind, spec) => {
        const text = `Container ${container.name} failed ${kind.toLowerCase()} probe, will be restarted`;
        this.#event('Normal', 'Killing', text);
        const grace = spec.terminationGracePeriodSeconds ?? this.#host.pod().spec.terminationGracePeriodSeconds;
        void this.#running?.stopper.stop(grace * 1000);
      },
    });
  }

  async #preStop(signal: AbortSignal): Promise<void> {
    const hook = this.container.lifecycle?.preStop;
    if (!hook) return;
    const failure = await probeTarget(this.#host, this.container, this.#launch).hook(hook, signal);
    if (failure !== undefined) this.#event('Warning', 'FailedPreStopHook', `PreStopHook failed: ${failure}`);
  }

  #mark(change: { readonly started?: boolean; readonly ready?: boolean }): void {
    const { started = this.#view.started, ready = this.#view.ready } = change;
    if (this.#running === undefined || (started === this.#view.started && ready === this.#view.ready)) return;
    this.#view = { ...this.#view, started, ready };
    this.#host.changed();
  }

  #set(state: ContainerState, more: Partial<ContainerView> = {}): void {
    this.#view = { ...this.#view, ...more, state };
    this.#host.changed();
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#host.node.event(this.#host.pod(), type, reason, message);
  }
}

/** What a container's main process leaves behind ends with it, as in a container. */
function killRest(host: PodHost, containerID: string): void {
  const { processes } = host.node.ports;
  for (const left of processes.findByEnv(CONTAINER_ENV, containerID)) processes.signal(left, 'SIGKILL');
}
