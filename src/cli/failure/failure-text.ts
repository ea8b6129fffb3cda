import type { LabError } from '../../errors/lab-error.ts';
import { paint } from '../text/paint.ts';
import { wrap } from '../text/wrap.ts';
import { causesOf } from './causes.ts';

export interface FailureOptions {
  /** Where to break lines; undefined = nowhere (not a terminal). */
  readonly columns: number | undefined;
  /** Whether to add the stack. */
  readonly stack: boolean;
  /** The home folder, shown as ~. */
  readonly home: string | undefined;
}

const INDENT = 8;
const ID_COLUMN = 62;

/** An error as the user reads it: what happened, why, what to do, where to read more (UX 2.5). Not yet safe for a terminal: see `toTerminal`. */
export function failureText(error: LabError, options: FailureOptions): string {
  const log = error.logFile === undefined ? '' : `    log: ${underHome(error.logFile, options.home)}`;
  const causes = causesOf(error);
  return [
    headline(error, options.columns),
    ...(error.why === '' ? [] : [entry('why', error.why, options)]),
    ...causes.map((cause, index) => entry(index === 0 ? 'cause' : '', cause, options)),
    ...actions(error.actions, options),
    entry('more', `metrics-lab explain error ${error.id}${log}`, options),
    ...(options.stack ? [paint('dim', stackOf(error))] : []),
  ].join('\n');
}

function headline(error: LabError, columns: number | undefined): string {
  const title = `✗ ${error.message}${/[.!?]$/.test(error.message) ? '' : '.'}`;
  const id = `[${error.id}]`;
  const gap = ' '.repeat(Math.max(ID_COLUMN - [...title].length, 2));
  const line = `${title}${gap}${id}`;
  const painted = (text: string) => text.replace('✗', paint('red', '✗')).replace(id, paint('dim', id));
  if (columns === undefined || [...line].length <= columns) return painted(line);
  return painted(wrap(`${title} ${id}`, columns, 2));
}

function actions(list: readonly string[], options: FailureOptions): string[] {
  const numbered = list.length > 1 ? list.map((text, index) => `${index + 1}. ${text}`) : list;
  return numbered.map((text, index) => entry(index === 0 ? 'do' : '', text, options));
}

/** `  why   text`; further lines of the text stand below its first. */
function entry(label: string, text: string, { columns }: FailureOptions): string {
  const lead = `  ${label.padEnd(INDENT - 2)}`;
  const lines = text.replaceAll('\r\n', '\n').trimEnd().split('\n');
  const shown = lines.map((line, index) => {
    const whole = `${index === 0 ? lead : ' '.repeat(INDENT)}${line}`;
    return columns === undefined ? whole : wrap(whole, columns, INDENT);
  });
  return shown.join('\n').replace(lead, paint('dim', lead));
}

function underHome(path: string, home: string | undefined): string {
  return home !== undefined && home !== '/' && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
