import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Files } from '../contracts/files.ts';
import { LabError } from '../errors/lab-error.ts';

let temporaryNames = 0;

/** Node's file system. Synchronous: the files are small, and a crash between two lines then has fewer shapes. */
export const nodeFiles: Files = {
  readText: (path) => orMissing(path, 'read', undefined, () => readFileSync(path, 'utf8')),
  exists: (path) => existsSync(path),
  isDirectory: (path) => orMissing(path, 'read', false, () => statSync(path).isDirectory()),
  list: (path) => orMissing<string[]>(path, 'listed', [], () => readdirSync(path).sort()),
  sizeOf: (path) => orMissing(path, 'read', 0, () => statSync(path).size),
  ensureDir: (path, mode = 0o700) =>
    attempt(path, 'created', () => {
      mkdirSync(path, { recursive: true, mode });
    }),
  remove: (path) => attempt(path, 'removed', () => rmSync(path, { recursive: true, force: true, maxRetries: 3 })),
  rename: (from, to) => attempt(from, 'renamed', () => renameSync(from, to)),
  writeAtomic,
  appendLine: (path, line, { durable } = { durable: true }) =>
    attempt(path, 'written', () => appendFileSync(path, `${line}\n`, { mode: 0o600, flush: durable })),
};

function writeAtomic(path: string, content: string | Uint8Array, mode = 0o600): void {
  temporaryNames += 1;
  const temporary = `${path}.${process.pid}.${temporaryNames}.tmp`;
  attempt(path, 'written', () => {
    try {
      const file = openSync(temporary, 'w', mode);
      try {
        writeAll(file, typeof content === 'string' ? Buffer.from(content) : content);
        chmodSync(temporary, mode); // the umask may have taken bits away
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    fsyncFolder(dirname(path));
  });
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
}

/** Makes the rename itself durable. */
function fsyncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function orMissing<T>(path: string, verb: string, missing: T, read: () => T): T {
  return attempt(path, verb, () => {
    try {
      return read();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return missing;
      throw error;
    }
  });
}

function attempt<T>(path: string, verb: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(
      'ML-STATE-IO',
      { path, verb, reason: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
