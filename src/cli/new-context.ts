import { userPaths } from '../platform/paths.ts';
import type { CommandContext, Ports, Versions } from './context.ts';
import type { Flags } from './flags.ts';
import { type GlobalFlags, globalFlags } from './globals.ts';
import { newOutput } from './output/output.ts';
import { type ProgressRenderer, progressRenderer } from './progress/renderer.ts';
import type { Settings } from './settings/settings.ts';
import type { Env, Streams } from './streams.ts';
import { useColor } from './text/color.ts';

export interface ContextParts {
  readonly argv: readonly string[];
  readonly env: Env;
  readonly streams: Streams;
  readonly ports: Ports;
  readonly cwd: string;
  readonly versions: Versions;
  readonly signal: AbortSignal;
  /** The command may read any cluster. */
  readonly anyCluster: boolean;
}

export interface NewContext {
  readonly context: CommandContext;
  readonly progress: ProgressRenderer;
}

/** The context of one command line. Raises ML-USAGE-DURATION for a bad METRICS_LAB_TIMEOUT. */
export function newContext(flags: Flags, parts: ContextParts): NewContext {
  const { argv, env, streams, ports, cwd, versions, signal } = parts;
  const globals = globalFlags(flags, env, streams.stdin.isTTY === true);
  const progress = progressRenderer({
    globals,
    stderr: streams.stderr,
    env,
    clock: ports.clock,
    color: useColor(globals.color, env, streams.stderr),
  });
  const color = colorOfResult(globals, env, streams);
  const paths = once(() => userPaths(env));
  const context: CommandContext = {
    clock: ports.clock,
    files: ports.files,
    queueUrls: ports.queueUrls,
    get processes() {
      return ports.processes;
    },
    streams,
    env,
    cwd,
    versions,
    commandLine: ['metrics-lab', ...argv].join(' '),
    get paths() {
      return paths();
    },
    settings: once(() => loadSettings(context, flags, parts.anyCluster)),
    globals,
    color,
    signal,
    io: progress,
    output: newOutput({ format: globals.output, stdout: streams.stdout, color, before: () => progress.clear() }),
  };
  return { context, progress };
}

/** Made when first asked for, then kept. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Loaded late: zod and yaml take 50 ms that most commands need not spend. */
async function loadSettings(context: CommandContext, flags: Flags, anyCluster: boolean): Promise<Settings> {
  const { resolveSettings } = await import('./settings/resolve.ts');
  const { env, cwd, files, paths, queueUrls, streams, globals, signal } = context;
  return resolveSettings({
    flags,
    env,
    cwd,
    files,
    paths,
    queueUrls,
    signal,
    stdin: streams.stdin,
    config: globals.config,
    anyCluster,
  });
}

function colorOfResult(globals: GlobalFlags, env: Env, { stdout }: Streams): boolean {
  const forPeople = globals.output === 'text' || globals.output === 'wide';
  return forPeople && useColor(globals.color, env, stdout);
}
