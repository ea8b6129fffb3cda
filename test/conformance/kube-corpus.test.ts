import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { startEmbedded } from '../helpers/embedded-cluster.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { corpus } from './corpus.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';

const MAX_DIFFERENCES = 0.03;
const found = corpus();

test.skipIf(found === undefined)('answers recorded requests as kube-apiserver v1.36.3 did', async () => {
  if (found === undefined) return;
  using dir = tempDir();
  const problems: string[] = [];
  const cluster = await startEmbedded(dir.path, (line) => problems.push(line));
  try {
    const output = await run([found.replay, '--kubeconfig', cluster.kubeconfig, ...found.files]);
    const failed = new Set(output.split('\n').flatMap((line) => /^FAIL (.+? #\d+ [^|]+?) \|/.exec(line)?.[1] ?? []));
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

/** What the tool prints; it exits with 1 when there are differences. */
function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && error.code !== 1) reject(new Error(`${stderr}${stdout}`, { cause: error }));
      else resolve(stdout);
    });
  });
}
