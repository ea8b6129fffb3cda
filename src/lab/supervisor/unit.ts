import type { ComponentSpec, ComponentStatus } from '../../contracts/component.ts';
import type { ProcessExit } from '../../contracts/processes.ts';
import { describe } from '../../errors/lab-error.ts';
import { backOffMs, SETTLED_AFTER_MS } from './back-off.ts';
import { specHash, writeStatus } from './component-files.ts';
import type { SupervisorPorts } from './ports.ts';
import { Running, startProcess } from './running.ts';

/** `slow`: backing off, or alive and unwell, which may go on for long. */
const PAUSE_MS = { idle: 500, slow: 200, busy: 50 } as const;

/** What a unit needs to know of the others. */
export interface Neighbours {
  /** Undefined when it is healthy, else in plain words why not. */
  whyNotReady(name: string): string | undefined;
}

/** One component: what is wanted of it, and its process if it has one. Each `step` does the next thing that is due. */
export class Unit {
  readonly name: string;
  readonly #ports: SupervisorPorts;
  readonly #onNews: () => void;
  #wanted: { readonly spec: ComponentSpec; readonly hash: string } | undefined;
  #running: Running | undefined;
  #starting = false;
  #phase: ComponentStatus['phase'] = 'waiting';
  #message = 'it has not been started yet';
  #restarts = 0;
  /** Ends in a row without a settled time between. */
  #failures = 0;
  #startAt = 0;
  #lastExit: ComponentStatus['lastExit'];
  #written = '';

  constructor(ports: SupervisorPorts, name: string, onNews: () => void) {
    this.name = name;
    this.#ports = ports;
    this.#onNews = onNews;
  }

  get spec(): ComponentSpec | undefined {
    return this.#wanted?.spec ?? this.#running?.spec;
  }
  /** Whether there is, or in a moment will be, a process. */
  get alive(): boolean {
    return this.#starting || this.#running !== undefined;
  }
  get stopping(): boolean {
    return this.#running?.stopping === true;
  }
  /** Whether it is healthy with the wanted spec. */
  get settled(): boolean {
    return this.#running?.healthy === true && this.#running.hash === this.#wanted?.hash;
  }
  /** Milliseconds after which there may be something to do that no news tells of. */
  get pauseMs(): number {
    if (this.settled || this.#phase === 'waiting') return PAUSE_MS.idle;
    return this.#phase === 'back-off' || this.#phase === 'running' ? PAUSE_MS.slow : PAUSE_MS.busy;
  }

  /** Undefined when it is healthy with the wanted spec, else why not. */
  get whyNotReady(): string | undefined {
    return this.settled ? undefined : this.#running?.message || this.#message;
  }

  want(spec: ComponentSpec | undefined): void {
    const hash = spec === undefined ? undefined : specHash(spec);
    if (hash === this.#wanted?.hash) return;
    if (hash !== undefined && this.#wanted !== undefined) {
      this.#ports.log(`${this.name}: its spec changed`);
      this.#failures = 0;
      this.#startAt = 0;
    }
    this.#wanted = spec === undefined || hash === undefined ? undefined : { spec, hash };
  }

  /** Takes over a process that an earlier supervisor started. */
  adopt(running: Running, earlier: ComponentStatus | undefined): void {
    this.#running = running;
    this.#restarts = earlier?.restarts ?? 0;
    this.#lastExit = earlier?.lastExit;
    this.#phase = 'starting';
  }

  /** Does what is due. `halt`: the supervisor is ending; nothing is started any more. */
  step(neighbours: Neighbours, halt: boolean): void {
    const exit = this.#running?.exit();
    if (exit !== undefined) this.#ended(exit);
    const { spec, hash } = this.#wanted ?? {};
    if (this.#running !== undefined) {
      if (hash !== this.#running.hash) this.stop();
      else if (!this.stopping) this.#observe(this.#running);
      else this.#running.stop();
    } else if (spec === undefined || halt) {
      this.#be('stopped', 'it is stopped');
    } else if (hash !== undefined && !this.#starting) {
      this.#startWhenDue(spec, hash, neighbours);
    }
  }

  stop(): void {
    if (this.#running === undefined) return;
    if (!this.stopping) this.#ports.log(`${this.name}: stopping process ${this.#running.identity.pid}`);
    this.#running.stop();
    this.#be('stopping', this.#running.message);
  }

  /** Writes the status file if it says something new. Raises ML-STATE-IO; the next call tries again. */
  publish(): void {
    const status = this.status();
    const text = JSON.stringify(status);
    if (text === this.#written) return;
    writeStatus(this.#ports.files, this.#ports.paths, status);
    this.#written = text;
  }

  status(): ComponentStatus {
    const running = this.#running;
    return {
      name: this.name,
      ...(running === undefined ? {} : { process: running.identity }),
      healthy: running?.healthy ?? false,
      phase: this.#phase,
      restarts: this.#restarts,
      specHash: running?.hash ?? this.#wanted?.hash ?? '',
      message: running === undefined ? this.#message : running.message,
      ...(this.#lastExit === undefined ? {} : { lastExit: this.#lastExit }),
    };
  }

  #be(phase: ComponentStatus['phase'], message: string): void {
    this.#phase = phase;
    this.#message = message;
  }

  #observe(running: Running): void {
    running.ask();
    if (running.healthy && this.#phase !== 'running') this.#ports.log(`${this.name}: healthy`);
    this.#be(running.healthy || this.#phase === 'running' ? 'running' : 'starting', running.message);
    const since = running.healthySince;
    if (running.healthy && since !== undefined && this.#ports.clock.monotonic() - since > SETTLED_AFTER_MS) {
      this.#failures = 0;
    }
  }

  #startWhenDue(spec: ComponentSpec, hash: string, neighbours: Neighbours): void {
    const now = this.#ports.clock.monotonic();
    if (now < this.#startAt) return;
    const waitsFor = spec.after.flatMap((name) => neighbours.whyNotReady(name) ?? []);
    if (waitsFor.length > 0) {
      this.#be('waiting', waitsFor.join('; '));
      return;
    }
    this.#starting = true;
    this.#be('starting', 'it is being started');
    void startProcess(this.#ports, spec, hash)
      .then(
        (process) => {
          this.#ports.log(`${this.name}: started process ${process.pid}`);
          this.#running = new Running(this.#ports, spec, hash, process, this.#onNews);
        },
        (error: unknown) => this.#backOff(describe(error)),
      )
      .finally(() => {
        this.#starting = false;
        this.#onNews();
      });
  }

  #ended(exit: ProcessExit): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    const how =
      exit.signal !== null ? `killed by ${exit.signal}` : exit.code !== null ? `exit code ${exit.code}` : 'gone';
    this.#lastExit = { ...exit, at: new Date(this.#ports.clock.now()).toISOString() };
    this.#ports.log(`${this.name}: process ${running.identity.pid} ended: ${how}`);
    if (running.stopping) {
      this.#be('stopped', 'it is stopped');
      return;
    }
    this.#backOff(`its process ended: ${how}`);
  }

  #backOff(why: string): void {
    this.#restarts += 1;
    this.#failures += 1;
    const pause = backOffMs(this.#failures);
    this.#startAt = this.#ports.clock.monotonic() + pause;
    this.#be('back-off', `${why}; the next start is in ${pause / 1000} s`);
    this.#ports.log(`${this.name}: ${this.#message}`);
  }
}
