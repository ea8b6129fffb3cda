import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../contracts/processes.ts';

/** Linux: what /proc says of a process, or undefined when it is gone or a zombie that nobody has collected yet. */
export function identifyByProc(pid: number): ProcessIdentity | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' || startTime === undefined ? undefined : { pid, startTime };
}

/** Linux: pids whose environment holds `name=value`. Processes of other users cannot be read and are left out. */
export function pidsWithEnv(name: string, value: string): number[] {
  const wanted = `${name}=${value}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => readProc(`/proc/${pid}/environ`)?.split('\0').includes(wanted) === true)
    .map(Number);
}

/** A file of /proc; undefined when the process ended meanwhile or belongs to somebody else. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}
