import type { Clock } from '../contracts/clock.ts';
import type { IoHost } from '../contracts/events.ts';
import type { Files } from '../contracts/files.ts';
import type { QueueKind } from '../contracts/lab-spec.ts';
import type { Processes } from '../contracts/processes.ts';
import type { UserPaths } from '../platform/paths.ts';
import type { GlobalFlags } from './globals.ts';
import type { Output } from './output/output.ts';
import type { Settings } from './settings/settings.ts';
import type { Env, Streams } from './streams.ts';

/** The world outside of the program, as ports. */
export interface Ports {
  readonly clock: Clock;
  readonly files: Files;
  /** Made when first asked for. */
  readonly processes: Processes;
  readonly queueUrls: QueueUrls;
}

/** What the settings must know of the URLs of queues. */
export interface QueueUrls {
  /** Raises ML-QUEUE-URL when it is no URL for this kind of queue. */
  check(url: string, kind: QueueKind): void;
  /** The URL without its login. */
  mask(url: string): string;
}

export interface Versions {
  readonly metricsLab: string;
  readonly node: string;
}

/** Everything that a command gets. Made for one command line by run(). */
export interface CommandContext extends Ports {
  readonly streams: Streams;
  readonly env: Env;
  /** The folder in which the command was typed; absolute. */
  readonly cwd: string;
  /** The command line as typed, for locks and journals. */
  readonly commandLine: string;
  readonly versions: Versions;
  /** Where files belong. Raises ML-STATE-NO-HOME when first asked for. */
  readonly paths: UserPaths;
  readonly globals: GlobalFlags;
  /** Whether text on stdout is coloured; `output` does so by itself. */
  readonly color: boolean;
  /** What flags, environment, files and defaults come to; found out once, when first asked for. See resolveSettings for errors. */
  settings(): Promise<Settings>;
  /** Aborted by Ctrl-C, SIGTERM and a closed stdout; the reason is what run() expects to be thrown. */
  readonly signal: AbortSignal;
  /** Where long work reports; shown on stderr. */
  readonly io: IoHost;
  /** Prints results on stdout. */
  readonly output: Output;
}
