import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../../src/errors/lab-error.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { acquireLock } from '../../../src/platform/lock.ts';
import { nodeProcesses } from '../../../src/platform/processes.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

function options(path: string, notes: string[] = []) {
  return {
    path,
    lab: 'lab',
    command: 'metrics-lab up',
    now: '2026-01-01T00:00:00.000Z',
    files: nodeFiles,
    processes: nodeProcesses(),
    onTakeover: (text: string) => notes.push(text),
  };
}

function idOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof LabError) return error.id;
    throw error;
  }
  return 'no error';
}

describe('the lock of a lab', () => {
  it('is held by one, and free again when it is disposed', () => {
    using dir = tempDir();
    const path = join(dir.path, 'lock');
    {
      using _lock = acquireLock(options(path));
      expect(idOf(() => acquireLock(options(path)))).toBe('ML-LOCK-HELD');
    }
    using _again = acquireLock(options(path));
    expect(nodeFiles.list(dir.path)).toEqual(['lock']);
  });

  it('is taken over from a dead owner and from a file that nobody can read, with a note', () => {
    using dir = tempDir();
    const path = join(dir.path, 'lock');
    const owner = { pid: process.pid, startTime: '1', host: hostname(), since: 'then', command: 'metrics-lab up' };
    for (const text of [JSON.stringify(owner), '', '{"pid":']) {
      writeFileSync(path, text);
      const notes: string[] = [];
      using _lock = acquireLock(options(path, notes));
      expect(notes).toHaveLength(1);
    }
  });

  it('of another host is never taken over: its owner cannot be looked at', () => {
    using dir = tempDir();
    const path = join(dir.path, 'lock');
    const owner = { pid: 1, startTime: '1', host: 'elsewhere', since: 'then', command: 'metrics-lab up' };
    writeFileSync(path, JSON.stringify(owner));
    expect(idOf(() => acquireLock(options(path)))).toBe('ML-LOCK-HELD');
  });
});
