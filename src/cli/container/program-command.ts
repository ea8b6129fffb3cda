import { join } from 'node:path';

/** The folder of our own programs. It and the next one are as far from here as from the bundle of the command line (scripts/build.ts). */
const PROGRAMS = new URL('../programs/', import.meta.url).pathname;
/** The folder of the installed package. */
export const PACKAGE_DIR: string = new URL('../../../', import.meta.url).pathname;

/**
 * Heaps of programs that run for long beside others. The metrics server makes short-lived garbage only: a small young generation keeps
 * it at half the memory without costing time, the heap grows in small steps, and of V8's optimizing compilers one is enough: Maglev's
 * code and zones are 4 MB (bench/metrics-server/limits.ts). The limit leaves room for the largest answer of a source (32 MiB).
 */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  'metrics-server': ['--max-semi-space-size=1', '--max-old-space-size=256', '--optimize-for-size', '--no-maglev'],
};

/** Command line of one of our own programs, e.g. `consumer`. */
export function programCommand(name: string): readonly [string, ...string[]] {
  return [process.execPath, ...(FLAGS[name] ?? []), join(PROGRAMS, `${name}.js`)];
}
