import { dirname } from 'node:path';
import { OWNER_ENV } from '../../contracts/component.ts';
import { LabError } from '../../errors/lab-error.ts';
import { readSupervisor } from '../supervisor/component-files.ts';
import type { ComponentPorts } from './control.ts';
import { logTail } from './log-tail.ts';

const POLL_MS = 20;
/** The faster of two supervisors has the lock a moment before its record names it. */
const RECORD_WITHIN_MS = 2_000;

type Ports = Omit<ComponentPorts, 'supervise'>;

export function isSupervised({ files, processes, paths }: Ports): boolean {
  const record = readSupervisor(files, paths);
  return record !== undefined && processes.isAlive(record.process);
}

/**
 * Makes sure that the lab has a living supervisor. It runs in its own session and outlives
 * the caller. Raises ML-SUPERVISOR-DIED with its log's tail, ML-PROC-SPAWN, ML-STATE-IO.
 */
export async function startSupervisor(ports: Ports, signal: AbortSignal): Promise<void> {
  if (isSupervised(ports)) return;
  const { files, processes, clock, paths, program, env } = ports;
  files.ensureDir(dirname(paths.log), 0o700);
  const started = await processes.spawn({
    command: program.command,
    args: [...program.args, paths.labDir],
    env: { ...env, [OWNER_ENV]: paths.labDir },
    cwd: '/',
    logFile: paths.log,
  });
  let deadAt: number | undefined;
  while (!isSupervised(ports)) {
    if (!processes.isAlive(started)) {
      deadAt ??= clock.monotonic();
      if (clock.monotonic() - deadAt > RECORD_WITHIN_MS) {
        throw new LabError('ML-SUPERVISOR-DIED', { reason: logTail(files, paths.log) }, { logFile: paths.log });
      }
    }
    await clock.sleep(POLL_MS, signal);
  }
}
