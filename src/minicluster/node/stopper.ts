import type { Clock } from '../../contracts/clock.ts';
import type { Processes, SpawnedProcess } from '../../contracts/processes.ts';
import { pause } from './node-ports.ts';

/** Ends one process: preStop hook, SIGTERM, SIGKILL when the grace is over. */
export class Stopper {
  readonly #processes: Processes;
  readonly #clock: Clock;
  readonly #process: SpawnedProcess;
  readonly #preStop: () => Promise<void>;
  readonly #gone = new AbortController();
  #begun = false;

  constructor(processes: Processes, clock: Clock, process: SpawnedProcess, preStop: () => Promise<void>) {
    this.#processes = processes;
    this.#clock = clock;
    this.#process = process;
    this.#preStop = preStop;
    void process.exited.then(() => this.#gone.abort());
  }

  /** May be called again with another grace: the one that is over first counts. Resolves when the process is gone. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#begun && graceMs > 0) {
      this.#begun = true;
      void this.#preStop().then(() => this.#processes.signal(this.#process, 'SIGTERM'));
    }
    if (await pause(this.#clock, graceMs, this.#gone.signal)) this.#processes.signal(this.#process, 'SIGKILL');
    await this.#process.exited;
  }
}
