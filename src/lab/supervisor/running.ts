import { dirname } from 'node:path';
import type { ComponentSpec } from '../../contracts/component.ts';
import type { ProcessExit, ProcessIdentity, SpawnedProcess } from '../../contracts/processes.ts';
import type { SupervisorPorts } from './ports.ts';
import { COMPONENT_ENV, SPEC_HASH_ENV } from './ports.ts';
import type { Prober } from './probe.ts';

const ASK_TIMEOUT_MS = 3_000;
const ASK_EVERY_MS = { starting: 100, slowStart: 500, healthy: 2_000, failing: 500 } as const;
const SLOW_START_AFTER_MS = 30_000;
/** A healthy component is called unhealthy after this many bad answers in a row: one may be a busy machine. */
const BAD_ANSWERS = 3;
/** "Alive is enough" means alive after its first moments: a program that cannot work usually ends at once. */
const PROCESS_PROBE_AFTER_MS = 500;
const NOT_OUR_CHILD: ProcessExit = { code: null, signal: null };

/** One living process of a component: started by this supervisor, or adopted from an earlier one. */
export class Running {
  readonly identity: ProcessIdentity;
  /** Hash of the spec it was started with; differs from the wanted one when it must be replaced. */
  readonly hash: string;
  readonly spec: ComponentSpec;
  healthy = false;
  /** Why not healthy. */
  message = 'it has not answered yet';
  healthySince: number | undefined;
  readonly #ports: SupervisorPorts;
  readonly #onNews: () => void;
  readonly #prober: Prober;
  readonly #startedAt: number;
  readonly #isChild: boolean;
  #exit: ProcessExit | undefined;
  #asking = false;
  #askAt = 0;
  #badAnswers = 0;
  #stopAt: number | undefined;
  #killed = false;

  constructor(
    ports: SupervisorPorts,
    spec: ComponentSpec,
    hash: string,
    process: ProcessIdentity | SpawnedProcess,
    onNews: () => void,
  ) {
    this.identity = { pid: process.pid, startTime: process.startTime };
    this.hash = hash;
    this.spec = spec;
    this.#ports = ports;
    this.#onNews = onNews;
    this.#prober = ports.openProber(spec.health);
    this.#startedAt = ports.clock.monotonic();
    this.#isChild = 'exited' in process;
    if ('exited' in process) void process.exited.then((exit) => this.#ended(exit));
  }

  get stopping(): boolean {
    return this.#stopAt !== undefined;
  }

  /** How it ended, or undefined while it lives. Of an adopted process nobody knows code and signal. */
  exit(): ProcessExit | undefined {
    if (this.#exit === undefined && !this.#isChild && !this.#ports.processes.isAlive(this.identity)) {
      this.#ended(NOT_OUR_CHILD);
    }
    return this.#exit;
  }

  /** SIGTERM at the first call, SIGKILL once its grace is over; to be called again until it has ended. */
  stop(): void {
    const now = this.#ports.clock.monotonic();
    if (this.#stopAt === undefined) {
      this.#stopAt = now + this.spec.graceSeconds * 1000;
      this.healthy = false;
      this.message = 'it is being stopped';
      this.#ports.processes.signal(this.identity, 'SIGTERM');
    } else if (now >= this.#stopAt && !this.#killed) {
      this.#killed = true;
      this.#ports.log(`${this.spec.name}: still there ${this.spec.graceSeconds} s after SIGTERM; SIGKILL`);
      this.#ports.processes.signal(this.identity, 'SIGKILL');
    }
  }

  /** Asks for its health when the time has come. The answer arrives later and calls `onNews` when it changes something. */
  ask(): void {
    const now = this.#ports.clock.monotonic();
    if (this.#asking || this.stopping || now < this.#askAt) return;
    if (this.spec.health.kind === 'process' && this.#isChild && now < this.#startedAt + PROCESS_PROBE_AFTER_MS) return;
    this.#asking = true;
    void this.#prober.ask(ASK_TIMEOUT_MS).then((why) => this.#answered(why));
  }

  #answered(why: string | undefined): void {
    this.#asking = false;
    if (this.#exit !== undefined || this.stopping) return;
    const now = this.#ports.clock.monotonic();
    const before = `${this.healthy} ${this.message}`;
    this.#badAnswers = why === undefined ? 0 : this.#badAnswers + 1;
    if (why === undefined) {
      if (!this.healthy) this.healthySince = now;
      this.healthy = true;
      this.message = '';
    } else if (!this.healthy || this.#badAnswers >= BAD_ANSWERS) {
      this.healthy = false;
      this.message = why;
    }
    this.#askAt = now + this.#pause(now);
    if (`${this.healthy} ${this.message}` !== before) this.#onNews();
  }

  #pause(now: number): number {
    if (this.#badAnswers === 0) return ASK_EVERY_MS.healthy;
    if (this.healthySince !== undefined) return ASK_EVERY_MS.failing;
    return now - this.#startedAt < SLOW_START_AFTER_MS ? ASK_EVERY_MS.starting : ASK_EVERY_MS.slowStart;
  }

  #ended(exit: ProcessExit): void {
    this.#exit = exit;
    this.healthy = false;
    this.#prober.close();
    this.#onNews();
  }
}

/** Starts a component's process. Raises ML-PROC-SPAWN, ML-STATE-IO, or the fault of opening its log. */
export function startProcess(ports: SupervisorPorts, spec: ComponentSpec, hash: string): Promise<SpawnedProcess> {
  ports.files.ensureDir(dirname(spec.logFile), 0o700);
  return ports.processes.spawn({
    command: spec.command,
    args: spec.args,
    env: {
      ...ports.baseEnv,
      ...spec.env,
      [COMPONENT_ENV]: ports.paths.spec(spec.name),
      [SPEC_HASH_ENV]: hash,
    },
    logFile: spec.logFile,
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
  });
}
