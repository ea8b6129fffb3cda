import { asLabError, LabError } from '../errors/lab-error.ts';
import { realPorts } from './container.ts';
import { printFailure } from './failure/print-failure.ts';
import { peekPrintFlags } from './globals.ts';
import type { ProcessControl, StopSignal } from './interrupts.ts';
import { run } from './run.ts';
import { packageVersion } from './version.ts';

// The program: the process as parameters for run(), and its answer as exit code.
const argv = process.argv.slice(2);
const streams = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };

const control: ProcessControl = {
  onSignal: (listener) => {
    const stops: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];
    const handlers = stops.map((name) => ({ name, handler: () => listener(name) }));
    for (const { name, handler } of handlers) process.on(name, handler);
    return {
      [Symbol.dispose]: () => {
        for (const { name, handler } of handlers) process.off(name, handler);
      },
    };
  },
  exitNow: (code) => process.exit(code),
};

// A promise or callback that nobody waited for: a bug, told like every other one.
process.on('uncaughtException', (error) => {
  printFailure(asLabError(error), peekPrintFlags(argv), streams.stderr, process.env);
  process.exit(1);
});

process.exitCode = await run(argv, process.env, streams, {
  ports: realPorts(),
  control,
  cwd: presentFolder,
  versions: { metricsLab: packageVersion(), node: process.versions.node },
});

/** Fails when the folder was removed under our feet. */
function presentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    const reason = 'it does not exist any more';
    throw new LabError('ML-STATE-IO', { path: process.env['PWD'] ?? '.', verb: 'opened', reason }, { cause: error });
  }
}
