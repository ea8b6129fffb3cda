import { spawn as spawnChild, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { ProcessExit, ProcessIdentity, Processes, SpawnedProcess, SpawnSpec } from '../contracts/processes.ts';
import { LabError } from '../errors/lab-error.ts';
import { realClock } from './clock.ts';
import { identifyByProc, pidsWithEnv } from './proc-stat.ts';

/** Node's processes. On Linux identities come from /proc, elsewhere from `ps`. */
export function nodeProcesses(): Processes {
  const identify = process.platform === 'linux' ? identifyByProc : identifyByPs;
  const isAlive = (identity: ProcessIdentity) => identify(identity.pid)?.startTime === identity.startTime;
  const signal = (identity: ProcessIdentity, name: NodeJS.Signals) => {
    if (isAlive(identity)) kill(identity.pid, name);
  };
  return {
    self: identify(process.pid) ?? { pid: process.pid, startTime: 'unknown' },
    spawn: (spec) => spawn(spec, identify),
    identify,
    isAlive,
    signal,
    stop: async (identity, graceMs) => {
      if (!isAlive(identity)) return 'already-gone';
      signal(identity, 'SIGTERM');
      if (await goneWithin(identity, graceMs, isAlive)) return 'terminated';
      signal(identity, 'SIGKILL');
      await goneWithin(identity, 10_000, isAlive);
      return 'killed';
    },
    findByEnv: (name, value) =>
      process.platform === 'linux'
        ? pidsWithEnv(name, value)
            .filter((pid) => pid !== process.pid)
            .flatMap((pid) => identify(pid) ?? [])
        : [],
  };
}

async function spawn(spec: SpawnSpec, identify: Processes['identify']): Promise<SpawnedProcess> {
  const log = openSync(spec.logFile, 'a', 0o600);
  try {
    const child = spawnChild(spec.command, spec.args, {
      env: spec.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    });
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) =>
        reject(new LabError('ML-PROC-SPAWN', { command: spec.command, reason: error.message }, { cause: error })),
      );
    });
    child.unref();
    const pid = child.pid ?? -1;
    return { ...(identify(pid) ?? { pid, startTime: 'gone' }), exited };
  } finally {
    closeSync(log);
  }
}

async function goneWithin(
  identity: ProcessIdentity,
  ms: number,
  isAlive: (i: ProcessIdentity) => boolean,
): Promise<boolean> {
  const deadline = realClock.monotonic() + ms;
  for (let pause = 5; isAlive(identity); pause = Math.min(pause * 2, 100)) {
    if (realClock.monotonic() >= deadline) return false;
    await realClock.sleep(pause);
  }
  return true;
}

function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended between the look and the signal: what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function identifyByPs(pid: number): ProcessIdentity | undefined {
  const result = spawnSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = result.stdout.trim();
  return line === '' || line.startsWith('Z') ? undefined : { pid, startTime: line.slice(line.indexOf(' ') + 1).trim() };
}
