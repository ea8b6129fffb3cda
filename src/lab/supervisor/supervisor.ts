import type { ComponentSpec } from '../../contracts/component.ts';
import { describe } from '../../errors/lab-error.ts';
import { findProcess } from './adopt.ts';
import { readSpec, readSupervisor } from './component-files.ts';
import { componentNames } from './paths.ts';
import type { SupervisorPorts } from './ports.ts';
import { Running } from './running.ts';
import { type Neighbours, Unit } from './unit.ts';

const IDLE_MS = 500;
const HALTING_MS = 50;

/**
 * Keeps a lab's components as their spec files say. It holds no truth of its own: whatever it knows it can find again in the
 * folder and in the process table, so it may be killed at any moment and started anew.
 */
export class Supervisor {
  readonly #ports: SupervisorPorts;
  readonly #onNews: () => void;
  readonly #units = new Map<string, Unit>();
  /** The last line logged under a key: what fails each time is said once. */
  readonly #said = new Map<string, string>();
  #halting: string | undefined;

  /** `onNews`: something happened that `step` should look at soon. */
  constructor(ports: SupervisorPorts, onNews: () => void) {
    this.#ports = ports;
    this.#onNews = onNews;
  }

  get done(): boolean {
    return this.#halting !== undefined && [...this.#units.values()].every((unit) => !unit.alive);
  }
  /** Milliseconds that may pass until the next `step`, unless there is news. */
  get pauseMs(): number {
    return this.#halting === undefined
      ? Math.min(IDLE_MS, ...[...this.#units.values()].map((unit) => unit.pauseMs))
      : HALTING_MS;
  }
  /** Log files of the components. */
  get logs(): readonly string[] {
    return [...this.#units.values()].flatMap((unit) => unit.spec?.logFile ?? []);
  }

  /** From now on everything is stopped, dependents first, and nothing is started. */
  halt(why: string): void {
    if (this.#halting !== undefined) return;
    this.#halting = why;
    this.#ports.log(`stopping everything: ${why}`);
  }

  /** Reads the folder: new specs, changed ones, and those that are gone. Also finds out when the lab itself is gone. */
  read(): void {
    const { files, paths, processes } = this.#ports;
    const entries = this.#try('read', () => files.list(paths.components));
    if (entries === undefined) return; // cannot be read now: no order to stop
    if (entries.length === 0 && !files.exists(paths.components)) return this.halt(`${paths.components} is gone`);
    const owner = this.#try('owner', () => readSupervisor(files, paths))?.process;
    if (owner !== undefined && owner.pid !== processes.self.pid && processes.isAlive(owner)) {
      return this.halt(`process ${owner.pid} supervises this lab now`);
    }
    const { specs, statuses } = componentNames(entries);
    for (const name of new Set([...specs, ...statuses, ...this.#units.keys()])) {
      this.#readOne(name, specs.includes(name));
    }
  }

  /** One round: each component does what is due, then its status is written. */
  step(): void {
    const neighbours: Neighbours = { whyNotReady: (name) => this.#whyNotReady(name) };
    if (this.#halting !== undefined) this.#stopNext();
    for (const unit of this.#units.values()) {
      unit.step(neighbours, this.#halting !== undefined);
      if (this.#ports.files.exists(this.#ports.paths.components)) this.#try(unit.name, () => unit.publish());
    }
    if (this.#halting === undefined) this.#forgetStopped();
  }

  #readOne(name: string, hasSpec: boolean): void {
    let spec: ComponentSpec | undefined;
    if (hasSpec) {
      // A spec that cannot be read is no order to stop: what runs goes on, and the log says why nothing changes.
      spec = this.#try(`spec ${name}`, () => readSpec(this.#ports.files, this.#ports.paths, name));
      if (spec === undefined) return;
    }
    const known = this.#units.get(name);
    if (known !== undefined) return known.want(spec);
    const unit = new Unit(this.#ports, name, this.#onNews);
    this.#units.set(name, unit);
    unit.want(spec);
    this.#adopt(unit, spec);
  }

  #adopt(unit: Unit, spec: ComponentSpec | undefined): void {
    const found = findProcess(this.#ports, unit.name, spec);
    if (found === undefined) return;
    this.#ports.log(`${unit.name}: adopted process ${found.process.pid}`);
    const runsAs = spec ?? unknownSpec(unit.name);
    unit.adopt(new Running(this.#ports, runsAs, found.hash, found.process, this.#onNews), found.status);
  }

  #whyNotReady(name: string): string | undefined {
    const unit = this.#units.get(name);
    if (unit === undefined) return `it waits for ${name}, which is not there`;
    const why = unit.whyNotReady;
    return why === undefined ? undefined : `it waits for ${name}: ${why}`;
  }

  /** Stops what nothing alive depends on; in a circle of dependencies everything at once. */
  #stopNext(): void {
    const alive = [...this.#units.values()].filter((unit) => unit.alive);
    const needed = new Set(alive.flatMap((unit) => unit.spec?.after ?? []));
    const free = alive.filter((unit) => !needed.has(unit.name));
    for (const unit of free.length > 0 ? free : alive) unit.stop();
  }

  #forgetStopped(): void {
    for (const [name, unit] of this.#units) {
      if (unit.alive || unit.spec !== undefined) continue;
      this.#units.delete(name);
      this.#try(name, () => this.#ports.files.remove(this.#ports.paths.status(name)));
    }
  }

  /** The supervisor goes on whatever the file system says; each new fault is logged once. */
  #try<T>(key: string, action: () => T): T | undefined {
    try {
      const result = action();
      this.#said.delete(key);
      return result;
    } catch (error) {
      const text = describe(error);
      if (this.#said.get(key) !== text) this.#ports.log(`error: ${key}: ${text}`);
      this.#said.set(key, text);
      return undefined;
    }
  }
}

/** Of a process whose spec is gone only this matters: how long it may take to stop. */
function unknownSpec(name: string): ComponentSpec {
  const health = { kind: 'process' } as const;
  return { name, command: '', args: [], env: {}, after: [], health, graceSeconds: 10, logFile: '' };
}
