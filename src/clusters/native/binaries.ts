import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunCommand } from '../../contracts/commands.ts';
import type { Files } from '../../contracts/files.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { DEFAULT_KUBERNETES } from './releases.ts';

export const REQUIRED_BINARIES: readonly string[] = ['etcd', 'kube-apiserver', 'kube-controller-manager'];
/** Without it the process node binds pods itself. */
export const SCHEDULER = 'kube-scheduler';

/** Required binaries that are not in a folder. */
export function missingBinaries(files: Files, dir: string): readonly string[] {
  return REQUIRED_BINARIES.filter((name) => !files.exists(join(dir, name)));
}

/** The folder of the cache for one version of Kubernetes. */
export function cacheFolder(cacheDir: string, kubernetes: string): string {
  return join(cacheDir, 'kubernetes', kubernetes);
}

/** A version that the cache holds whole: the default one, else the newest. Undefined when there is none. */
export function cachedVersion(files: Files, cacheDir: string): string | undefined {
  const whole = files
    .list(join(cacheDir, 'kubernetes'))
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name) && missingBinaries(files, cacheFolder(cacheDir, name)).length === 0);
  const newest = whole.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  return whole.includes(DEFAULT_KUBERNETES) ? DEFAULT_KUBERNETES : newest;
}

/** Raises ML-NATIVE-BIN-MISSING when a folder that the user named does not hold what is needed. */
export function requireBinaries(files: Files, dir: string): void {
  const missing = missingBinaries(files, dir);
  if (missing.length === 0) return;
  const stat = statSync(dir, { throwIfNoEntry: false });
  const reason =
    stat === undefined
      ? 'there is no such folder'
      : stat.isDirectory()
        ? `it holds: ${files.list(dir).slice(0, 10).join(', ') || 'nothing'}`
        : 'it is not a folder';
  throw new LabError('ML-NATIVE-BIN-MISSING', { folder: dir, names: missing.join(', '), reason });
}

const ASK_TIMEOUT_MS = 20_000;

/**
 * The version of each Kubernetes binary, as `--version` says; `known` holds earlier answers by file. Raises
 * ML-NATIVE-BIN-UNUSABLE, and ML-NATIVE-BIN-VERSION when one is not of the wanted version or they are not of one minor version.
 */
export async function checkVersions(
  run: RunCommand,
  options: {
    readonly dir: string;
    readonly names: readonly string[];
    readonly wanted: string | undefined;
    readonly known: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<Readonly<Record<string, string>>> {
  const { dir, names, wanted, known, signal } = options;
  const asked = await Promise.all(
    names.map(async (name) => {
      const path = join(dir, name);
      const key = fileKey(path);
      return { name, path, key, version: known[key] ?? (await askVersion(run, path, signal)) };
    }),
  );
  const kubernetes = asked.filter(({ name }) => name !== 'etcd');
  const first = kubernetes[0]?.version ?? '';
  for (const { path, version } of kubernetes) {
    const differs = (need: string) => new LabError('ML-NATIVE-BIN-VERSION', { path, found: version, wanted: need });
    if (wanted !== undefined && version !== wanted) throw differs(wanted);
    if (minorOf(version) !== minorOf(first)) throw differs(`${minorOf(first)} as the others`);
  }
  return Object.fromEntries(asked.map(({ key, version }) => [key, version]));
}

/** `Kubernetes v1.36.3` and `etcd Version: 3.6.8` are what they say. */
async function askVersion(run: RunCommand, path: string, signal: AbortSignal): Promise<string> {
  const result = await run(path, ['--version'], { timeoutMs: ASK_TIMEOUT_MS, signal });
  signal.throwIfAborted();
  const version = /v?(\d+\.\d+\.\d+[-+.\w]*)/.exec(result.stdout)?.[1];
  if (result.code === 0 && version !== undefined) return version;
  const said = (result.stderr || result.stdout).trim().split('\n')[0] ?? '';
  throw new LabError('ML-NATIVE-BIN-UNUSABLE', { path, reason: `\`${path} --version\` failed: ${said}` });
}

function fileKey(path: string): string {
  try {
    accessSync(path, constants.X_OK);
    const { size, mtimeMs } = statSync(path);
    return `${path} ${size} ${Math.trunc(mtimeMs)}`;
  } catch (error) {
    throw new LabError('ML-NATIVE-BIN-UNUSABLE', { path, reason: describe(error) }, { cause: error });
  }
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
