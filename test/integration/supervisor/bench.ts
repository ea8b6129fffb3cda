import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { COMPONENT_ENV } from '../../../src/lab/supervisor/ports.ts';
import { type ComponentSpec, type ComponentStatus, OWNER_ENV } from '../../../src/contracts/component.ts';
import type { ProcessIdentity, Processes } from '../../../src/contracts/processes.ts';
import { componentControl, type LabComponentControl } from '../../../src/lab/components/control.ts';
import { readSupervisor } from '../../../src/lab/supervisor/component-files.ts';
import { supervisorPaths } from '../../../src/lab/supervisor/paths.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { nodeProcesses } from '../../../src/platform/processes.ts';

const PROGRAM = join(import.meta.dirname, '../../../src/cli/programs/supervisor.ts');

/** A lab folder with the real supervisor program, and small Node programs as its components. */
export class Bench {
  readonly labDir: string = mkdtempSync(join(tmpdir(), 'supervisor-test-'));
  readonly processes: Processes = nodeProcesses();
  readonly control: LabComponentControl = componentControl(
    {
      files: nodeFiles,
      processes: this.processes,
      clock: realClock,
      program: { command: process.execPath, args: ['--disable-warning=ExperimentalWarning', PROGRAM] },
      env: { PATH: process.env['PATH'] ?? '', HOME: this.labDir },
    },
    this.labDir,
  );

  /** A component that runs this JavaScript. */
  spec(name: string, script: string, more: Partial<ComponentSpec> = {}): ComponentSpec {
    return {
      name,
      command: process.execPath,
      args: ['-e', script],
      env: {},
      after: [],
      health: { kind: 'process' },
      graceSeconds: 5,
      logFile: this.log(name),
      ...more,
    };
  }

  log(name: string): string {
    return join(this.labDir, 'logs', `${name}.log`);
  }
  logText(name: string): string {
    return existsSync(this.log(name)) ? readFileSync(this.log(name), 'utf8') : '';
  }

  ensure(
    spec: ComponentSpec,
    timeoutMs = 60_000,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<{ readonly changed: boolean }> {
    return this.control.ensure(spec, { timeoutMs, signal });
  }
  /** SIGKILL, and its end: until then it counts as alive. */
  async killSupervisor(): Promise<void> {
    const supervisor = this.supervisor();
    this.processes.signal(supervisor, 'SIGKILL');
    await this.until('the end of the supervisor', () => !this.processes.isAlive(supervisor));
  }

  status(name: string): ComponentStatus {
    const found = this.control.list().find(({ spec }) => spec.name === name)?.status;
    if (found === undefined) throw new Error(`no status of ${name}`);
    return found;
  }
  processOf(name: string): ProcessIdentity {
    const found = this.status(name).process;
    if (found === undefined) throw new Error(`${name} has no process`);
    return found;
  }
  supervisor(): ProcessIdentity {
    const record = readSupervisor(nodeFiles, supervisorPaths(this.labDir));
    if (record === undefined) throw new Error('no supervisor');
    return record.process;
  }
  /** Living processes of one component, however they were started. */
  processesOf(name: string): number[] {
    return this.processes.findByEnv(COMPONENT_ENV, supervisorPaths(this.labDir).spec(name)).map(({ pid }) => pid);
  }
  owned(): number[] {
    return this.processes.findByEnv(OWNER_ENV, this.labDir).map(({ pid }) => pid);
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 3_000; tries += 1) {
      if (await holds()) return;
      await delay(20);
    }
    throw new Error(`${what}: not within a minute\n${this.logText('supervisor')}`);
  }

  async close(): Promise<void> {
    await this.control.stopAll(2_000);
    rmSync(this.labDir, { recursive: true, force: true });
  }
}
