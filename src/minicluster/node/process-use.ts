import { readdirSync, readFileSync } from 'node:fs';

/** What one session of processes has used: a container's main process leads its own session. */
export interface SessionUse {
  /** CPU time of its processes and of their ended children, nanoseconds. */
  readonly cpuNanos: number;
  readonly memoryBytes: number;
}

/** USER_HZ is 100 on every architecture that Node runs on. */
const NANOS_PER_TICK = 10_000_000;

/** Linux: what the sessions with these leaders use now. Elsewhere there is no /proc and the answer is empty. */
export function readSessionUse(leaders: ReadonlySet<number>): ReadonlyMap<number, SessionUse> {
  const use = new Map<number, SessionUse>();
  for (const entry of processIds()) {
    const stat = readProc(`/proc/${entry}/stat`);
    if (stat === undefined) continue;
    const { session, ticks } = parseStat(stat);
    // The node itself need not lead its session.
    const key = leaders.has(session) ? session : leaders.has(Number(entry)) ? Number(entry) : undefined;
    if (key === undefined) continue;
    const before = use.get(key) ?? { cpuNanos: 0, memoryBytes: 0 };
    const cpuNanos = before.cpuNanos + ticks * NANOS_PER_TICK;
    use.set(key, { cpuNanos, memoryBytes: before.memoryBytes + residentBytes(entry) });
  }
  return use;
}

/** Session, and user plus system ticks with those of ended children, of a line of /proc/PID/stat. */
export function parseStat(stat: string): { readonly session: number; readonly ticks: number } {
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + field, 0);
  return { session: fields[3] ?? 0, ticks };
}

function residentBytes(pid: string): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  return Number(kib ?? 0) * 1024;
}

function processIds(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM';
}
