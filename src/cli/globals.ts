import type { Flags } from './flags.ts';
import type { Env } from './streams.ts';
import type { ColorWhen } from './text/color.ts';
import { isCi } from './text/color.ts';
import type { OutputFormat } from './table/types.ts';
import { parseDuration } from './values/duration.ts';

/** The flags that every command has, with their environment variables. What files may set too is in the settings instead. */
export interface GlobalFlags {
  readonly output: OutputFormat;
  readonly quiet: boolean;
  /** How often -v was given. */
  readonly verbose: number;
  readonly color: ColorWhen;
  /** Whether a question may be asked: a terminal on stdin, no CI, no --no-input. */
  readonly input: boolean;
  /** How long to wait at most; undefined = what the command thinks right. */
  readonly timeoutMs: number | undefined;
  /** --config or METRICS_LAB_CONFIG. */
  readonly config: string | undefined;
  /** --lab as typed; else the settings name it. */
  readonly lab: string | undefined;
  /** --context and --kubeconfig, for the backend `context`. */
  readonly context: string | undefined;
  readonly kubeconfig: string | undefined;
}

/** Raises ML-USAGE-DURATION for a bad METRICS_LAB_TIMEOUT. */
export function globalFlags(flags: Flags, env: Env, stdinIsTty: boolean): GlobalFlags {
  const variable = (name: string) => (env[name] === '' ? undefined : env[name]);
  const timeout = variable('METRICS_LAB_TIMEOUT');
  return {
    output: (flags.text('output') ?? 'text') as OutputFormat,
    quiet: flags.has('quiet'),
    verbose: flags.times('verbose'),
    color: flags.has('no-color') ? 'never' : ((flags.text('color') ?? 'auto') as ColorWhen),
    input: stdinIsTty && !isCi(env) && !flags.has('no-input'),
    timeoutMs:
      flags.number('timeout') ?? (timeout === undefined ? undefined : parseDuration(timeout, 'METRICS_LAB_TIMEOUT')),
    config: flags.text('config') ?? variable('METRICS_LAB_CONFIG'),
    lab: flags.text('lab'),
    context: flags.text('context'),
    kubeconfig: flags.text('kubeconfig'),
  };
}

/** Whether programs read what is printed in this form. */
export function isForMachines(format: OutputFormat): boolean {
  return !['text', 'wide', 'name'].includes(format);
}

/** How to print an error about a command line that could not be understood. */
export interface PrintFlags {
  readonly output: OutputFormat;
  readonly verbose: number;
  readonly color: ColorWhen;
}

const WORDS: Readonly<Record<string, RegExp>> = {
  output: /^(?:--output=|-o)(text|wide|json|yaml|ndjson|csv|junit|sarif|name)$/,
  color: /^--color=(auto|always|never)$/,
};

/** What can be seen of -o, -v and --color in a command line that may be wrong elsewhere. */
export function peekPrintFlags(argv: readonly string[]): PrintFlags {
  const joined = argv.flatMap((word, index) => {
    if (word === '-o' || word === '--output') return [`--output=${argv[index + 1] ?? ''}`];
    return word === '--color' ? [`--color=${argv[index + 1] ?? ''}`] : [word];
  });
  const last = (name: string) => joined.map((word) => WORDS[name]?.exec(word)?.[1]).findLast((found) => found);
  const verbose = argv.map((word) => (word === '--verbose' ? 1 : (/^-(v+)$/.exec(word)?.[1]?.length ?? 0)));
  return {
    output: (last('output') ?? 'text') as OutputFormat,
    verbose: verbose.reduce((sum, count) => sum + count, 0),
    color: argv.includes('--no-color') ? 'never' : ((last('color') ?? 'auto') as ColorWhen),
  };
}
