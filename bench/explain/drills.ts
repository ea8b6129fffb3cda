import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DRILLS } from '../../src/drill/registry.ts';
import type { DrillResult } from '../../src/drill/run.ts';

const BIN = resolve(import.meta.dirname, '../../bin/metrics-lab.js');
const LAB = 'drills';

/** How many findings of live drills are named, and how many are named that are wrong: in a lab of its own, which is removed again. */
export function drillAccuracy(backend: string): string {
  const home = mkdtempSync(join(tmpdir(), 'explain-drills-'));
  try {
    const up = ['up', '--lab', LAB, '--backend', backend, '--pipeline', 'test', '--min', '0', '--sync-period', '1s'];
    const folder = process.env['METRICS_LAB_BIN_DIR'];
    metricsLab(home, [...up, ...(backend === 'native' && folder !== undefined ? ['--bin-dir', folder] : [])], [0]);
    // 99: a drill did not pass, which is what is counted here.
    const run = ['drill', 'run', '--all', '--lab', LAB, '--timeout', '90s', '-o', 'json'];
    const { results } = JSON.parse(metricsLab(home, run, [0, 99])) as { readonly results: readonly DrillResult[] };
    return [countsText(backend, results), ...results.flatMap(problemLines)].join('\n');
  } finally {
    metricsLab(home, ['teardown', '--lab', LAB, '--force'], [0]);
    rmSync(home, { recursive: true, force: true });
  }
}

function countsText(backend: string, results: readonly DrillResult[]): string {
  const expected = DRILLS.filter(({ finding }) => finding !== null);
  const named = expected.filter(({ id, finding }) =>
    results.find((result) => result.id === id)?.findings.some((found) => found.id === finding),
  ).length;
  const wrong = results.flatMap(({ problems }) => problems.filter((text) => text.startsWith('false companion'))).length;
  const cured = results.filter((result) => result.cured === true).length;
  const passed = results.filter((result) => result.passed).length;
  const recall = ((100 * named) / expected.length).toFixed(1);
  return `${results.length} live drills on ${backend}: recall ${recall} % of ${expected.length} findings, ${wrong} false findings; ${cured} cured as advised; ${passed} passed`;
}

const problemLines = ({ id, problems }: DrillResult): readonly string[] =>
  problems.map((problem) => `  ${id}: ${problem}`);

/** What it printed. Raises when it ends with another exit code. */
function metricsLab(home: string, args: readonly string[], codes: readonly number[]): string {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, METRICS_LAB_HOME: home };
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { env, encoding: 'utf8' });
  if (status !== null && codes.includes(status)) return stdout;
  throw new Error(`metrics-lab ${args.join(' ')} ended with ${status}\n${stderr}`);
}
