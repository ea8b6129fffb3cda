import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

let listed: readonly string[] | undefined;

/** Every file of the repository that git knows or would add; not what .gitignore leaves out. */
export function repositoryFiles(): readonly string[] {
  if (listed !== undefined) return listed;
  const git = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  if (git.status !== 0) throw new Error(`git ls-files failed: ${git.error?.message ?? git.stderr}`);
  const gone = spawnSync('git', ['ls-files', '-z', '--deleted'], { encoding: 'utf8' });
  const deleted = new Set(gone.stdout.split('\0'));
  listed = git.stdout.split('\0').filter((path) => path !== '' && !deleted.has(path));
  return listed;
}

/** The files whose path fits `pattern`, with their text. */
export function sourceFiles(pattern: RegExp): readonly SourceFile[] {
  return repositoryFiles()
    .filter((path) => pattern.test(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}
