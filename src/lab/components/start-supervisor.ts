import { dirname } from 'node:path';
import { OWNER_ENV } from '../../contracts/component.ts';
import { LabError } from '../../errors/lab-error.ts';
import { readSupervisor } from '../supervisor/component-files.ts';
import type { ComponentPorts } from './control.ts';
import { logTail } from './log-tail.ts';

const POLL_MS = 20;

export function isSupervised({ files, processes, paths }: ComponentPorts): boolean {
  const record = readSupervisor(files, paths);
  return record !== undefined && processes.isAlive(record.process);
}

/**
 * Makes sure that the lab has a living supervisor; true when one had to be started. It runs in its own session and outlives
 * the caller. Raises ML-SUPERVISOR-DIED with its log's tail, ML-PROC-SPAWN, ML-STATE-IO.
 */
export async function startSupervisor(ports: ComponentPorts, signal: AbortSignal): Promise<boolean> {
  if (isSupervised(ports)) return false;
  const { files, processes, clock, paths, program, env } = ports;
  files.ensureDir(dirname(paths.log), 0o700);
  const started = await processes.spawn({
    command: program.command,
    args: [...program.args, paths.labDir],
    env: { ...env, [OWNER_ENV]: paths.labDir },
    cwd: '/',
    logFile: paths.log,
  });
  while (!isSupervised(ports)) {
    if (!processes.isAlive(started)) {
      if (isSupervised(ports)) break; // another one was faster
      throw new LabError('ML-SUPERVISOR-DIED', { reason: logTail(files, paths.log) }, { logFile: paths.log });
    }
    await clock.sleep(POLL_MS, signal);
  }
  return true;
}
