import type { Clock } from '../../contracts/clock.ts';
import type { IoHost } from '../../contracts/events.ts';
import { type GlobalFlags, isForMachines } from '../globals.ts';
import type { Env, OutStream } from '../streams.ts';
import { isCi } from '../text/color.ts';
import { jsonEvents } from './json-events.ts';
import { stepLines } from './step-lines.ts';
import { Spinner } from './spinner.ts';

/** Shows the events of long work on stderr. */
export interface ProgressRenderer extends IoHost {
  /** Takes a line that is still being drawn off the terminal, so that something else can be printed. */
  clear(): void;
  /** Nothing more comes. */
  close(): void;
}

export interface ProgressOptions {
  readonly globals: Pick<GlobalFlags, 'output' | 'quiet' | 'verbose'>;
  readonly stderr: OutStream;
  readonly env: Env;
  readonly clock: Clock;
  readonly color: boolean;
}

/** What renderers for people need. */
export interface Look {
  readonly stderr: OutStream;
  readonly clock: Clock;
  readonly color: boolean;
  /** Tell also what is planned and what was found right as it is. */
  readonly verbose: boolean;
}

const SILENT: ProgressRenderer = { emit: () => undefined, clear: () => undefined, close: () => undefined };

/** The renderer for the situation (table of UX 2.3). */
export function progressRenderer(options: ProgressOptions): ProgressRenderer {
  const { globals, stderr, env, clock, color } = options;
  if (globals.quiet) return SILENT;
  const verbose = globals.verbose > 0;
  if (isForMachines(globals.output)) return verbose ? jsonEvents(stderr, clock) : SILENT;
  const animated = stderr.isTTY === true && !isCi(env) && env['TERM'] !== 'dumb';
  const look = { stderr, clock, color, verbose };
  return animated ? new Spinner(look) : stepLines(look);
}
