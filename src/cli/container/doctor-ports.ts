import { accessSync, constants, statfsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { DiskPort } from '../../doctor/local/state.ts';
import { runCommand } from '../../platform/run-command.ts';
import type { RunCommand } from '../../contracts/commands.ts';
import type { Env } from '../streams.ts';

/** What the doctor asks of this machine. */
export interface DoctorPorts extends DiskPort {
  readonly run: RunCommand;
  /** The path of a program on the PATH. */
  readonly find: (name: string) => string | undefined;
}

export function doctorPorts(env: Env): DoctorPorts {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return {
    run: runCommand,
    find: (name) => folders.map((folder) => join(folder, name)).find(isExecutable),
    freeBytes,
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us: both mean that it cannot be run
  }
}

/** Of the nearest folder that exists. */
function freeBytes(path: string): number | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    } catch {
      if (folder === dirname(folder)) return undefined; // nothing of the path is there
    }
  }
}
