import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startControlled } from '../helpers/embedded-controllers.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { corpus } from './corpus.ts';

/** Jobs are not served (docs/embedded-differences.md). */
const KNOWN = ['job', 'pod of the job', 'job status'].map(
  (step, at) => `controllers/job and service #${at + 1} ${step}`,
);
const found = corpus();

test.skipIf(found === undefined)('controllers do what kube-controller-manager v1.36.3 was recorded doing', async () => {
  if (found === undefined) return;
  using dir = tempDir();
  const cluster = await startControlled(dir.path, () => {});
  try {
    const file = join(found.replay, '..', 'corpus', 'dev-controllers.jsonl');
    const output = await run([found.replay, '--with', 'controllers', '--kubeconfig', cluster.kubeconfig, file]);
    const failed = new Set(output.split('\n').flatMap((line) => /^FAIL (.+? #\d+ [^|]+?) \|/.exec(line)?.[1] ?? []));
    expect([...failed]).toEqual(KNOWN);
    expect(output).toMatch(/^38 passed, 3 failed$/m);
  } finally {
    cluster.stop();
  }
});

/** What the tool prints; it exits with 1 when there are differences. */
function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && error.code !== 1) reject(new Error(`${stderr}${stdout}`, { cause: error }));
      else resolve(stdout);
    });
  });
}
