import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** A copy of shared/ stands beside every checkout; METRICS_LAB_SHARED names another one. */
const SHARED = process.env['METRICS_LAB_SHARED'] ?? resolve(import.meta.dirname, '../../../shared');
export const METRICS_API: string = join(SHARED, 'metrics-api');

/** Whether the recorded requests are there. With METRICS_LAB_REQUIRE_REAL=1 a missing one is a failure, else it is said loudly. */
export function haveMetricsCorpus(): boolean {
  if (existsSync(join(METRICS_API, 'replay.mjs'))) return true;
  const text = `there is no ${METRICS_API} (METRICS_LAB_SHARED names the folder of the shared material)`;
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
  console.warn(`SKIPPED: ${text}`);
  return false;
}

export interface ReplayResult {
  readonly passed: number;
  readonly failed: number;
  readonly optionalPassed: number;
  readonly optionalFailed: number;
  /** Everything that the tool said about required steps. */
  readonly mismatches: string;
}

/** Replays every recorded file against a server. `args`: as `replay.mjs` takes them, without the files. */
export async function replayCorpus(args: readonly string[]): Promise<ReplayResult> {
  const folder = join(METRICS_API, 'corpus');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(folder, name));
  const output = await run(process.execPath, [join(METRICS_API, 'replay.mjs'), ...args, ...files], {
    maxBuffer: 64 * 1024 * 1024,
  }).then(
    ({ stdout }) => stdout,
    // Exit code 1 says that steps failed; the output says which.
    (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : Promise.reject(error)),
  );
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? [];
  const [, optionalPassed, optionalFailed] = /^optional: (\d+) passed, (\d+) failed/m.exec(output) ?? [];
  if (passed === undefined) throw new Error(`replay.mjs said:\n${output.slice(-2000)}`);
  return {
    passed: Number(passed),
    failed: Number(failed),
    optionalPassed: Number(optionalPassed),
    optionalFailed: Number(optionalFailed),
    mismatches: output
      .split(/^(?=(?:optional )?MISMATCH)/m)
      .filter((block) => block.startsWith('MISMATCH'))
      .join(''),
  };
}
