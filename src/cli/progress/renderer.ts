import type { Clock } from '../../contracts/clock.ts';
import type { IoHost } from '../../contracts/events.ts';
import type { GlobalFlags } from '../globals.ts';
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

const SILENT: ProgressRenderer = { emit: () => undefined, clear: () => undefined, close: () => undefined };

/** The renderer for the situation (table of UX 2.3). */
export function progressRenderer(options: ProgressOptions): ProgressRenderer {
  const { globals, stderr, env, clock, color } = options;
  if (globals.quiet) return SILENT;
  if (['json', 'yaml', 'ndjson'].includes(globals.output)) {
    return globals.verbose > 0 ? jsonEvents(stderr, clock) : SILENT;
  }
  const animated = stderr.isTTY === true && !isCi(env) && env['TERM'] !== 'dumb';
  return animated ? new Spinner(stderr, clock, color) : stepLines(stderr, clock, color);
}
