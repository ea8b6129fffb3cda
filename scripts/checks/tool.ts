import { spawnSync } from 'node:child_process';
import type { Check, Finding } from './check.ts';

/** Seconds on a machine that does nothing else; far more where it does. */
const TIMEOUT_MS = 600_000;

/** Which lines of a tool's output are shown; by default all when it failed, none when it passed. */
interface Shown {
  readonly passed?: (output: string) => readonly string[];
  readonly failed?: (output: string) => readonly string[];
}

/** A check that is a tool's exit code. */
export function toolCheck(name: string, command: readonly [string, ...string[]], shown: Shown = {}): Check {
  const [program, ...args] = command;
  const run = (): Finding => {
    const done = spawnSync(program, args, { encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });
    const output = `${done.stdout ?? ''}${done.stderr ?? ''}`.trimEnd();
    if (done.error !== undefined)
      return {
        ok: false,
        lines: [`${command.join(' ')}: ${done.error.message}`, ...output.split('\n')],
        scope: program,
      };
    if (done.status === 0) return { ok: true, lines: shown.passed?.(output) ?? [], scope: program };
    const lines = shown.failed?.(output) ?? [];
    return { ok: false, lines: lines.length > 0 ? lines : output.split('\n'), scope: program };
  };
  return { name, run };
}
