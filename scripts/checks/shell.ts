import { spawnSync } from 'node:child_process';
import type { Check } from './check.ts';

/** shellcheck over every shell script of the tree. Where it is missing that is said, and with METRICS_LAB_REQUIRE_REAL=1 a failure. */
export const shell: Check = {
  name: 'shell',
  run: () => {
    const listed = spawnSync('git', ['ls-files', '*.sh', '.ci/run'], { encoding: 'utf8' });
    const files = listed.stdout.split('\n').filter((name) => name !== '');
    const scope = `${files.length} scripts`;
    if (listed.status !== 0 || files.length === 0) return { ok: false, lines: ['git names no scripts'], scope };
    const done = spawnSync('shellcheck', ['--format=gcc', ...files], { encoding: 'utf8' });
    if (done.error === undefined) {
      return { ok: done.status === 0, lines: done.stdout.split('\n').filter((line) => line !== ''), scope };
    }
    const required = process.env['METRICS_LAB_REQUIRE_REAL'] === '1';
    return { ok: !required, lines: [`SKIPPED: shellcheck cannot be run (${done.error.message})`], scope };
  },
};
