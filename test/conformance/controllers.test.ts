import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startControlled } from '../helpers/embedded-controllers.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { corpus, replay } from './corpus.ts';

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
    const args = ['--with', 'controllers', '--kubeconfig', cluster.kubeconfig, file];
    const { output, failed } = await replay(found.replay, ...args);
    expect([...failed]).toEqual(KNOWN);
    expect(output).toMatch(/^38 passed, 3 failed$/m);
  } finally {
    cluster.stop();
  }
});
