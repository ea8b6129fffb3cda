import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Check } from './check.ts';

const GENERATOR = 'scripts/generate.ts';

/** Every generated file with the digest of its content, as git sees the tree now (works in a tree with other changes). */
function snapshot(): ReadonlyMap<string, string> {
  const git = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', 'docs', 'charts'], {
    encoding: 'utf8',
  });
  const paths = git.stdout.split('\0').filter((path) => path !== '' && existsSync(path));
  return new Map(paths.map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]));
}

export const generated: Check = {
  name: 'generated',
  run: () => {
    if (!existsSync(GENERATOR)) return { ok: false, lines: [`there is no ${GENERATOR}`], scope: 'docs' };
    const before = snapshot();
    const run = spawnSync(process.execPath, [GENERATOR], { encoding: 'utf8', timeout: 120_000 });
    if (run.status !== 0)
      return {
        ok: false,
        lines: `${run.error?.message ?? ''}${run.stdout}${run.stderr}`.split('\n'),
        scope: GENERATOR,
      };
    const after = snapshot();
    const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
      (path) => before.get(path) !== after.get(path),
    );
    const lines = stale.map((path) => `${path}  was stale; it is written anew now, commit it`);
    return { ok: stale.length === 0, lines, scope: `${after.size} files` };
  },
};
