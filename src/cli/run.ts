import { CommanderError } from 'commander';
import { EXIT_CODES, type ExitName } from '../errors/exit-codes.ts';
import { asLabError, LabError } from '../errors/lab-error.ts';
import { type PipeWatch, watchPipes } from './broken-pipe.ts';
import type { Ports, Versions } from './context.ts';
import { printFailure } from './failure/print-failure.ts';
import type { Flags } from './flags.ts';
import { isForMachines, peekPrintFlags } from './globals.ts';
import { isAbortOf } from './interrupted.ts';
import { type Interrupts, type ProcessControl, watchInterrupts } from './interrupts.ts';
import { newContext } from './new-context.ts';
import { COMPLETE_WORD } from './completion/word.ts';
import { buildProgram } from './program.ts';
import type { ProgressRenderer } from './progress/renderer.ts';
import { withResourceWords } from './resource-form.ts';
import type { Env, OutStream, Streams } from './streams.ts';
import { COMMANDS, groupsOf, wordsOf } from './table.ts';
import type { LoadableCommand } from './table/types.ts';

/** What run() cannot know by itself. */
export interface RunOptions {
  readonly ports: Ports;
  readonly control: ProcessControl;
  /** The present folder, absolute. */
  readonly cwd: () => string;
  readonly versions: Versions;
  /** Default: all there are. */
  readonly commands?: readonly LoadableCommand[];
}

/**
 * Runs one command line and resolves to its exit code. Everything comes in through the parameters, so that all of the CLI
 * can be tested with doubles (kind's `Run(logger, streams, args)`). Errors are printed here, once, and nowhere else.
 */
export async function run(argv: readonly string[], env: Env, streams: Streams, options: RunOptions): Promise<number> {
  let progress: ProgressRenderer | undefined;
  const flags = peekPrintFlags(argv);
  const say = (text: string) => {
    // Whoever reads stderr by machine gets nothing but the error.
    if (isForMachines(flags.output) && streams.stderr.isTTY !== true) return;
    progress?.clear();
    streams.stderr.write(`${text}\n`);
  };
  using interrupts = watchInterrupts({ control: options.control, clock: options.ports.clock, say });
  const pipes = watchPipes(streams, interrupts.abort);
  let ending: Ending;
  try {
    if (argv[0] === COMPLETE_WORD) {
      await answerCompletion(argv, env, streams, options);
      return EXIT_CODES.ok;
    }
    const call = parse(argv, streams, options);
    if (call === undefined) ending = { exit: 'ok' };
    else {
      const { ports, versions } = options;
      const parts = {
        argv,
        env,
        streams,
        ports,
        versions,
        cwd: options.cwd(),
        signal: interrupts.signal,
        anyCluster: call.command.anyCluster === true,
      };
      const made = newContext(call.flags, parts);
      progress = made.progress;
      checkFormat(call.command, made.context.globals.output);
      const module = await call.command.load();
      ending = { exit: (await module.run(made.context, call.flags)) ?? 'ok' };
    }
  } catch (error) {
    ending = { error };
  }
  progress?.close();
  await flushed(streams.stdout);
  const failure = failureOf(ending, pipes, interrupts.signal);
  if (failure !== undefined) printFailure(failure, flags, streams.stderr, env);
  await flushed(streams.stderr);
  return exitCode(ending, failure, pipes, interrupts);
}

/** Imported late, as commands are. */
async function answerCompletion(
  argv: readonly string[],
  env: Env,
  streams: Streams,
  options: RunOptions,
): Promise<void> {
  const { complete } = await import('./completion/complete.ts');
  const { commands = COMMANDS, ports } = options;
  await complete(argv, { commands, env, ports, stdout: streams.stdout });
}

interface Call {
  readonly command: LoadableCommand;
  readonly flags: Flags;
}

type Ending = { readonly exit: ExitName } | { readonly error: unknown };

/** What the command line asks for; undefined when it asked for help or the version, which is printed then. */
function parse(argv: readonly string[], { stdout }: Streams, options: RunOptions): Call | undefined {
  let call: Call | undefined;
  const commands = options.commands ?? COMMANDS;
  const program = buildProgram({
    commands,
    groups: groupsOf(commands),
    version: options.versions.metricsLab,
    writeOut: (text) => stdout.write(text),
    columns: stdout.isTTY === true ? (stdout.columns ?? 80) : 80,
    onRun: (command, flags) => {
      call = { command, flags };
    },
  });
  try {
    program.parse(withResourceWords(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new LabError('ML-USAGE', { problem: error.message.replace(/^error: /, '') }, { cause: error });
  }
  return call;
}

function checkFormat(command: LoadableCommand, format: LoadableCommand['formats'][number]): void {
  if (command.formats.includes(format)) return;
  throw new LabError('ML-USAGE-OUTPUT', {
    command: `metrics-lab ${wordsOf(command)}`,
    format,
    formats: command.formats.join(', '),
  });
}

/** The error to print. A reader of stdout that went away is none, and neither is what came of that. */
function failureOf(ending: Ending, pipes: PipeWatch, signal: AbortSignal): LabError | undefined {
  if (pipes.fault !== undefined) return pipes.fault;
  if (!('error' in ending)) return undefined;
  if (!isAbortOf(signal, ending.error)) return asLabError(ending.error);
  return signal.reason instanceof LabError ? signal.reason : undefined;
}

function exitCode(ending: Ending, failure: LabError | undefined, pipes: PipeWatch, interrupts: Interrupts): number {
  if (interrupts.exitCode !== undefined) return interrupts.exitCode;
  if (failure !== undefined) return failure.exitCode;
  return pipes.broken || 'error' in ending ? EXIT_CODES.ok : EXIT_CODES[ending.exit];
}

/** Resolves when everything written so far is out, or cannot get out. */
function flushed(stream: OutStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
