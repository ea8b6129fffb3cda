import { accessSync, constants, statfsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { connect } from 'node:tls';
import type { TlsProbe } from '../../doctor/cluster/api-service.ts';
import type { DiskPort } from '../../doctor/local/state.ts';
import { runCommand } from '../../platform/run-command.ts';
import type { RunCommand } from '../../contracts/commands.ts';
import type { Env } from '../streams.ts';

const PROBE_MS = 3_000;

/** What the doctor asks of this machine. */
export interface DoctorPorts extends DiskPort {
  readonly run: RunCommand;
  /** The path of a program on the PATH. */
  readonly find: (name: string) => string | undefined;
  readonly probe: TlsProbe;
}

export function doctorPorts(env: Env): DoctorPorts {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return {
    run: runCommand,
    find: (name) => folders.map((folder) => join(folder, name)).find(isExecutable),
    freeBytes,
    probe: probeTls,
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

const probeTls: TlsProbe = ({ port, servername, ca }) =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca, timeout: PROBE_MS }, () => {
      socket.end();
      resolve(undefined);
    });
    socket.once('timeout', () => socket.destroy(new RangeError(`no handshake within ${PROBE_MS / 1000} s`)));
    socket.once('error', (error) => resolve(error.message));
  });
