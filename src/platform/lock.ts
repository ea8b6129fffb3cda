import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import type { Files } from '../contracts/files.ts';
import type { Processes } from '../contracts/processes.ts';
import { LabError } from '../errors/lab-error.ts';

const Owner = z.object({
  pid: z.number(),
  startTime: z.string(),
  host: z.string(),
  since: z.string(),
  command: z.string(),
});

export interface LockOptions {
  readonly path: string;
  readonly lab: string;
  /** The command line, shown to whoever finds the lock held. */
  readonly command: string;
  /** RFC 3339. */
  readonly now: string;
  readonly files: Files;
  readonly processes: Processes;
  /** Told when a dead owner's lock was taken over. */
  readonly onTakeover: (text: string) => void;
}

/**
 * The lab's lock: one changing command at a time. The file appears complete (written aside, then linked), names its
 * owner, and a dead owner is taken over. Raises ML-LOCK-HELD (exit 5). Disposing releases it.
 */
export function acquireLock(options: LockOptions): Disposable {
  const { path, processes } = options;
  const mine = { ...processes.self, host: hostname(), since: options.now, command: options.command };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (tryCreate(path, JSON.stringify(mine), processes.self.pid))
      return { [Symbol.dispose]: () => options.files.remove(path) };
    const text = options.files.readText(path);
    if (text === undefined) continue; // released meanwhile
    const owner = parseOwner(text);
    if (owner !== undefined && owner.host === mine.host && processes.isAlive(owner)) throw held(options, owner);
    if (owner !== undefined && owner.host !== mine.host) throw held(options, owner);
    options.onTakeover(
      owner === undefined
        ? `the lock ${path} was unreadable and has been taken over`
        : `process ${owner.pid} (${owner.command}) died holding the lock since ${owner.since}; taken over`,
    );
    setAside(options, text);
  }
  throw held(options, { ...mine, command: 'unknown (the lock keeps changing hands)' });
}

/**
 * Removes the dead owner's lock that was read as `expected`. Two commands may get here at once: if the other one has
 * already put its own lock there, that one is linked back.
 */
function setAside({ path, files, processes }: LockOptions, expected: string): void {
  const aside = `${path}.${processes.self.pid}.stale`;
  if (!files.exists(path)) return;
  files.rename(path, aside);
  if (files.readText(aside) !== expected) linkIfFree(aside, path);
  files.remove(aside);
}

function tryCreate(path: string, content: string, pid: number): boolean {
  const temporary = `${path}.${pid}.tmp`;
  try {
    const file = openSync(temporary, 'w', 0o600);
    writeSync(file, content);
    fsyncSync(file);
    closeSync(file);
    return linkIfFree(temporary, path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabError('ML-STATE-IO', { path, verb: 'written', reason }, { cause: error });
  } finally {
    rmSync(temporary, { force: true });
  }
}

function linkIfFree(from: string, path: string): boolean {
  try {
    linkSync(from, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function parseOwner(text: string): z.infer<typeof Owner> | undefined {
  try {
    return Owner.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function held(options: LockOptions, owner: z.infer<typeof Owner>): LabError {
  return new LabError('ML-LOCK-HELD', {
    lab: options.lab,
    pid: owner.pid,
    host: owner.host,
    since: owner.since,
    command: owner.command,
  });
}
