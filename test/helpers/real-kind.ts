import { execFileSync } from 'node:child_process';

/** Flags of `up` for the real kind: RIG_NODE_IMAGE names the node image where kind's own cannot be pulled. */
export function kindFlags(): readonly string[] {
  const image = process.env['RIG_NODE_IMAGE'];
  return ['--backend', 'kind', ...(image === undefined || image === '' ? [] : ['--node-image', image])];
}

/**
 * Whether kind and a Docker that answers are here. With METRICS_LAB_REQUIRE_REAL=1 (as in .ci/run) their lack is a failure,
 * else the suite says aloud that it does not run.
 */
export function haveKind(): boolean {
  const missing = [
    ...(works('kind', 'version') ? [] : ['kind on the PATH']),
    ...(works('docker', 'version') ? [] : ['a Docker that answers']),
  ];
  if (missing.length === 0) return true;
  const text = `missing: ${missing.join(', ')}`;
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
  console.warn(`SKIPPED: ${text}`);
  return false;
}

function works(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore', timeout: 30_000 });
    return true;
  } catch {
    return false; // it is not there, or says by its exit code that it cannot
  }
}
