import { dirname, join, relative, resolve } from 'node:path';
import type { Files } from '../../contracts/files.ts';
import { LabError } from '../../errors/lab-error.ts';
import { readStdin } from '../read-stdin.ts';
import type { InStream } from '../streams.ts';

export const LAB_FILE = 'metrics-lab.yaml';

/** A file of settings. */
export interface SettingsFile {
  /** How messages call it: short where it lies below the present folder. */
  readonly name: string;
  /** The folder to which its relative paths belong. */
  readonly folder: string;
  readonly text: string;
}

export interface FileSearch {
  readonly files: Files;
  readonly cwd: string;
  readonly stdin: InStream;
  /** Ends the reading of stdin. */
  readonly signal: AbortSignal;
  /** --config: a path, `-` for stdin, or undefined for the nearest metrics-lab.yaml. */
  readonly config: string | undefined;
  readonly userFile: string;
}

/** The files that hold settings, weakest first: the user's, then the lab file. Raises ML-USAGE-CONFIG-FILE, ML-STATE-IO. */
export async function findFiles(search: FileSearch): Promise<readonly SettingsFile[]> {
  const user = read(search, search.userFile);
  const lab = await labFile(search);
  return [...(user === undefined ? [] : [user]), ...(lab === undefined ? [] : [lab])];
}

async function labFile(search: FileSearch): Promise<SettingsFile | undefined> {
  const { config, cwd, files } = search;
  if (config === undefined) {
    const path = nearestLabFile(files, cwd);
    return path === undefined ? undefined : read(search, path);
  }
  return namedFile(search, config);
}

/** A file that was asked for by name; `-` is stdin. Raises ML-USAGE-CONFIG-FILE when it is not there. */
export async function namedFile(search: Omit<FileSearch, 'config' | 'userFile'>, name: string): Promise<SettingsFile> {
  if (name === '-') return { name: 'stdin', folder: search.cwd, text: await readInput(search) };
  const file = read(search, resolve(search.cwd, name));
  if (file !== undefined) return file;
  throw new LabError('ML-USAGE-CONFIG-FILE', { path: name, reason: 'there is no such file' });
}

function nearestLabFile(files: Files, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, LAB_FILE);
    if (files.exists(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

function read({ files, cwd }: Pick<FileSearch, 'files' | 'cwd'>, path: string): SettingsFile | undefined {
  const text = files.readText(path);
  if (text === undefined) return undefined;
  const short = relative(cwd, path);
  return { name: short !== '' && !short.startsWith('..') ? short : path, folder: dirname(path), text };
}

/** More is no lab file; do not wait for an endless stream to end. */
const MAX_CHARACTERS = 1_000_000;

function readInput({ stdin, signal }: Pick<FileSearch, 'stdin' | 'signal'>): Promise<string> {
  const most = { characters: MAX_CHARACTERS, reason: 'it is larger than a lab file can be' };
  const fault = (reason: string, cause?: unknown) =>
    new LabError('ML-USAGE-CONFIG-FILE', { path: 'stdin', reason }, { cause });
  return readStdin(stdin, signal, most, fault);
}
