import type { LabError } from '../../errors/lab-error.ts';
import { isForMachines, type PrintFlags } from '../globals.ts';
import type { Env, OutStream } from '../streams.ts';
import { useColor } from '../text/color.ts';
import { toTerminal } from '../text/paint.ts';
import { failureJson } from './failure-json.ts';
import { failureText } from './failure-text.ts';

/** Prints an error once, on stderr, in the form that was asked for. A stack is for bugs and for -vv. */
export function printFailure(error: LabError, flags: PrintFlags, stderr: OutStream, env: Env): void {
  const stack = flags.verbose >= 2 || error.entry.exit === 'internal';
  if (isForMachines(flags.output)) {
    stderr.write(`${failureJson(error, stack)}\n`); // JSON is YAML too
    return;
  }
  const columns = stderr.isTTY === true ? Math.max(stderr.columns ?? 80, 30) : undefined;
  const text = failureText(error, { columns, stack, home: env['HOME'] });
  stderr.write(`${toTerminal(text, useColor(flags.color, env, stderr))}\n`);
}
