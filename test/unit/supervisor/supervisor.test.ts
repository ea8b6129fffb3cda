import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ComponentSpec } from '../../../src/contracts/component.ts';
import type { ProcessExit, ProcessIdentity, Processes, SpawnSpec } from '../../../src/contracts/processes.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { readStatus, writeSpec } from '../../../src/lab/supervisor/component-files.ts';
import { supervisorPaths } from '../../../src/lab/supervisor/paths.ts';
import { Supervisor } from '../../../src/lab/supervisor/supervisor.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

/** Processes that live until they are told otherwise. */
class ScriptedProcesses implements Processes {
  readonly self: ProcessIdentity = { pid: 1, startTime: '1' };
  readonly alive = new Map<number, (exit: ProcessExit) => void>();
  readonly signals: string[] = [];
  #pids = 100;

  spawn(spec: SpawnSpec): ReturnType<Processes['spawn']> {
    if (spec.command === 'absent') {
      return Promise.reject(new LabError('ML-PROC-SPAWN', { command: spec.command, reason: 'ENOENT' }));
    }
    this.#pids += 1;
    const pid = this.#pids;
    const exited = new Promise<ProcessExit>((resolve) => this.alive.set(pid, resolve));
    return Promise.resolve({ pid, startTime: String(pid), exited });
  }
  end(pid: number, exit: ProcessExit): void {
    this.alive.get(pid)?.(exit);
    this.alive.delete(pid);
  }
  identify(pid: number): ProcessIdentity | undefined {
    return this.alive.has(pid) ? { pid, startTime: String(pid) } : undefined;
  }
  isAlive({ pid }: ProcessIdentity): boolean {
    return this.alive.has(pid);
  }
  signal({ pid }: ProcessIdentity, signal: NodeJS.Signals): void {
    this.signals.push(`${signal} ${pid}`);
    if (signal === 'SIGKILL') this.end(pid, { code: null, signal });
  }
  stop(): Promise<'already-gone'> {
    return Promise.resolve('already-gone');
  }
  findByEnv(): ProcessIdentity[] {
    return [];
  }
}

class Bench {
  readonly dir: ReturnType<typeof tempDir> = tempDir();
  readonly paths: ReturnType<typeof supervisorPaths> = supervisorPaths(this.dir.path);
  readonly processes: ScriptedProcesses = new ScriptedProcesses();
  readonly clock: VirtualClock = new VirtualClock();
  readonly log: string[] = [];
  answer: string | undefined = undefined;
  readonly supervisor: Supervisor = new Supervisor(
    {
      files: nodeFiles,
      processes: this.processes,
      clock: this.clock,
      paths: this.paths,
      baseEnv: {},
      log: (line) => this.log.push(line),
      openProber: () => ({ ask: () => Promise.resolve(this.answer), close: () => {} }),
    },
    () => {},
  );

  want(name: string, more: Partial<ComponentSpec> = {}): void {
    writeSpec(nodeFiles, this.paths, {
      name,
      command: 'x',
      args: [],
      env: {},
      after: [],
      health: { kind: 'tcp', host: '127.0.0.1', port: 1 },
      graceSeconds: 5,
      logFile: `${this.dir.path}/${name}.log`,
      ...more,
    });
  }
  /** Lets virtual time pass in rounds of 50 ms, as the real loop does. */
  async pass(ms: number): Promise<void> {
    for (let spent = 0; spent < ms; spent += 50) {
      this.supervisor.read();
      this.supervisor.step();
      await new Promise(setImmediate); // answers of probes and starts arrive
      await this.clock.sleep(50);
    }
    this.supervisor.step();
  }
  status(name: string): ReturnType<typeof readStatus> {
    return readStatus(nodeFiles, this.paths, name);
  }
  pid(name: string): number {
    return this.status(name)?.process?.pid ?? 0;
  }
}

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.dir[Symbol.dispose]());

test('ends in a row wait longer each time; a settled time forgives them', async () => {
  bench.want('web');
  await bench.pass(200);
  const starts: number[] = [];
  for (let end = 0; end < 5; end += 1) {
    const pid = bench.pid('web');
    bench.processes.end(pid, { code: 1, signal: null });
    const begun = bench.clock.now();
    while (bench.pid('web') === pid || bench.pid('web') === 0) await bench.pass(50);
    starts.push(bench.clock.now() - begun);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  expect(starts).toEqual(sorted);
  expect(starts.at(-1)).toBeGreaterThanOrEqual(3_200);
  await bench.pass(15_000);
  const pid = bench.pid('web');
  bench.processes.end(pid, { code: 1, signal: null });
  await bench.pass(500);
  expect(bench.status('web')).toMatchObject({ healthy: true, restarts: 6 });
});

test('a healthy component survives two bad answers, not three', async () => {
  bench.want('web');
  await bench.pass(300);
  expect(bench.status('web')).toMatchObject({ healthy: true, phase: 'running' });
  bench.answer = 'it answers 500';
  await bench.pass(2_400); // asked every 2 s while healthy, then every half second
  expect(bench.status('web')?.healthy).toBe(true);
  await bench.pass(1_500);
  expect(bench.status('web')).toMatchObject({ healthy: false, phase: 'running', message: 'it answers 500' });
  expect(bench.processes.alive.size).toBe(1);
});

test('a dependent waits and says for what', async () => {
  bench.answer = 'no connection';
  bench.want('base');
  bench.want('top', { after: ['base'] });
  bench.want('lost', { after: ['nobody'] });
  await bench.pass(500);
  expect(bench.status('top')).toMatchObject({ phase: 'waiting', message: 'it waits for base: no connection' });
  expect(bench.status('lost')).toMatchObject({ phase: 'waiting', message: 'it waits for nobody, which is not there' });
  bench.answer = undefined;
  await bench.pass(1_000);
  expect(bench.status('top')).toMatchObject({ phase: 'running', healthy: true });
});

test('SIGTERM once, SIGKILL when the grace is over', async () => {
  bench.want('web');
  await bench.pass(300);
  const pid = bench.pid('web');
  nodeFiles.remove(bench.paths.spec('web'));
  await bench.pass(4_900);
  expect(bench.processes.signals).toEqual([`SIGTERM ${pid}`]);
  expect(bench.status('web')?.phase).toBe('stopping');
  await bench.pass(400);
  expect(bench.processes.signals).toEqual([`SIGTERM ${pid}`, `SIGKILL ${pid}`]);
  expect(bench.status('web')).toBeUndefined();
});

test('a program that cannot be started is tried again with back-off, and the status says why', async () => {
  bench.want('web', { command: 'absent' });
  await bench.pass(1_000);
  expect(bench.status('web')).toMatchObject({ phase: 'back-off', healthy: false });
  expect(bench.status('web')?.message).toContain('absent could not be started');
  expect(bench.status('web')?.restarts).toBe(3);
});

test('halting stops dependents first and starts nothing, not even what waits in a circle', async () => {
  bench.want('base');
  bench.want('top', { after: ['base'] });
  bench.want('ring', { after: ['gnir'] });
  bench.want('gnir', { after: ['ring'] });
  await bench.pass(1_000);
  const [base, top] = [bench.pid('base'), bench.pid('top')];
  bench.supervisor.halt('a test');
  await bench.pass(1_000);
  expect(bench.processes.signals).toEqual([`SIGTERM ${top}`]);
  bench.processes.end(top, { code: 0, signal: null });
  await bench.pass(200);
  expect(bench.processes.signals).toEqual([`SIGTERM ${top}`, `SIGTERM ${base}`]);
  bench.processes.end(base, { code: 0, signal: null });
  await bench.pass(200);
  expect(bench.supervisor.done).toBe(true);
  expect(bench.status('top')).toMatchObject({ phase: 'stopped' });
});
