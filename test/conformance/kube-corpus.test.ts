import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CliHome } from '../helpers/cli.ts';
import { startEmbedded } from '../helpers/embedded-cluster.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { corpus, replay } from './corpus.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';

const MAX_DIFFERENCES = 0.03;
const found = corpus();

test.skipIf(found === undefined)('answers recorded requests as kube-apiserver v1.36.3 did', async () => {
  if (found === undefined) return;
  using dir = tempDir();
  const problems: string[] = [];
  const cluster = await startEmbedded(dir.path, (line) => problems.push(line));
  try {
    const { output, failed } = await replay(found.replay, '--kubeconfig', cluster.kubeconfig, ...found.files);
    const broken = /^FAIL .*(could not be set up|threw).*$/m.exec(output)?.[0];
    expect(broken).toBeUndefined();
    const known = new Set(Object.keys(KNOWN_DIFFERENCES));
    expect({
      unexpected: [...failed].filter((step) => !known.has(step)),
      mended: [...known].filter((step) => !failed.has(step)),
    }).toEqual({ unexpected: [], mended: [] });
    const [, passed = '0', wrong = '0'] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? [];
    expect(Number(wrong) / (Number(passed) + Number(wrong))).toBeLessThan(MAX_DIFFERENCES);
    expect(problems).toEqual([]);
  } finally {
    cluster.stop();
  }
});

/** The kubeconfig that `up` writes is all that such a tool needs; and what was recorded is what the real server still says. */
test.skipIf(found === undefined || !haveReal())('so does the real one, as a lab without controllers', async () => {
  if (found === undefined) return;
  using home = new CliHome();
  try {
    const native = ['--backend', 'native', '--bin-dir', binDir()];
    await home.ok(['up', '--lab', 'corpus', ...native, '--bare', '--disable-controller', 'all']);
    const kubeconfig = join(home.dir, 'labs', 'corpus', 'kubeconfig');
    const { output, failed } = await replay(found.replay, '--kubeconfig', kubeconfig, ...found.files);
    expect([...failed]).toEqual([]);
    expect(output).toMatch(/^\d{4} passed, 0 failed$/m);
  } finally {
    await home.run(['teardown', '--lab', 'corpus', '--force']);
  }
});
