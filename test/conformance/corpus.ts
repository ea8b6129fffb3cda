import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Areas that are not judged here: `jobs` are not served, `controllers` have a suite of their own. */
const LEFT_OUT = ['jobs', 'controllers'];

export interface Corpus {
  readonly replay: string;
  readonly files: readonly string[];
}

/**
 * The recorded request sequences, in ../shared beside the checkout or in METRICS_LAB_SHARED. Undefined when they are not there;
 * with METRICS_LAB_REQUIRE_REAL=1 that is a failure.
 */
export function corpus(): Corpus | undefined {
  const shared = process.env['METRICS_LAB_SHARED'] ?? resolve(import.meta.dirname, '../../../shared');
  const folder = join(shared, 'kube', 'corpus');
  if (!existsSync(folder)) {
    const text = `no recorded requests of a real API server at ${folder} (METRICS_LAB_SHARED names the folder)`;
    if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
    console.warn(`SKIPPED: ${text}`);
    return undefined;
  }
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const wanted = names.filter((name) => !LEFT_OUT.some((area) => name === `dev-${area}.jsonl`));
  // What the corpus does not ask was asked of a real server, too: it lies beside this file in the same form.
  const own = join(import.meta.dirname, 'recorded');
  const ours = readdirSync(own).map((name) => join(own, name));
  return { replay: join(shared, 'kube', 'replay.mjs'), files: [...wanted.map((name) => join(folder, name)), ...ours] };
}

/** Runs sequences against a cluster: what the tool printed, and the steps that it says failed. */
export function replay(tool: string, ...args: readonly string[]): Promise<{ output: string; failed: Set<string> }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [tool, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, output, stderr) => {
      // 1: there are differences.
      if (error !== null && error.code !== 1) return reject(new Error(`${stderr}${output}`, { cause: error }));
      const lines = output.split('\n').flatMap((line) => /^FAIL (.+? #\d+ [^|]+?) \|/.exec(line)?.[1] ?? []);
      resolve({ output, failed: new Set(lines) });
    });
  });
}
