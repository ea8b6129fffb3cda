import { type Command, Help } from 'commander';
import { EXIT_CODES, type ExitName } from '../errors/exit-codes.ts';
import type { CommandSpec, FlagSpec } from './table/types.ts';
import { wrap } from './text/wrap.ts';

export const GLOBAL_GROUP = 'Flags of every command:';

/** What each exit code means (UX 2.4), in the order of the numbers. */
export const EXIT_MEANINGS: Readonly<Record<ExitName, string>> = {
  ok: 'done, already done, or already gone',
  internal: 'a bug in metrics-lab',
  usage: 'bad flag, argument or file',
  precondition: 'something that is needed is missing or taken',
  'not-found': 'the lab, HPA, metric or file is not there',
  conflict: 'exists with other settings, is locked or owned by somebody else',
  timeout: 'a wait ended without its condition',
  cluster: 'the Kubernetes API is unreachable or refuses',
  backend: 'a tool of the backend ran and failed',
  leftover: 'teardown could not remove everything',
  thresholds: 'a scenario ran to its end and its thresholds failed',
  sigint: 'stopped by Ctrl-C',
  sigterm: 'stopped by SIGTERM',
};

export const PRECEDENCE: string =
  'flags > METRICS_LAB_* variables > metrics-lab.yaml (here or in a parent folder) > $XDG_CONFIG_HOME/metrics-lab/config.yaml > defaults';

/** `-o, --output <format>` */
export function flagSyntax(flag: FlagSpec): string {
  const long = `--${flag.name}${flag.value === undefined ? '' : ` <${flag.value}>`}`;
  return flag.short === undefined ? long : `-${flag.short}, ${long}`;
}

/** The help text with default, choices and variable. */
export function flagHelp(flag: FlagSpec): string {
  const remarks = [
    ...(flag.choices === undefined ? [] : [`one of ${flag.choices.join(', ')}`]),
    ...(flag.fallback === undefined ? [] : [`default ${flag.fallback}`]),
    ...(flag.repeat === true && flag.value !== undefined ? ['may be repeated'] : []),
    ...(flag.env === undefined ? [] : [`env ${flag.env}`]),
  ];
  return remarks.length === 0 ? flag.help : `${flag.help} (${remarks.join('; ')})`;
}

/** Commander's help with what is special first: commands before flags, the command's own flags before everybody's. */
export function formatHelp(command: Command, helper: Help): string {
  const sections = Help.prototype.formatHelp.call(helper, command, helper).trimEnd().split('\n\n');
  const rank = (section: string) => (section.startsWith(GLOBAL_GROUP) ? 2 : section.startsWith('Flags:') ? 1 : 0);
  const sorted = sections.map((section) => ({ section, rank: rank(section) })).sort((a, b) => a.rank - b.rank);
  return `${sorted.map(({ section }) => section).join('\n\n')}\n`;
}

/** What follows the flags in the help of the program. */
export function rootHelp(columns: number): string {
  const codes = Object.entries(EXIT_CODES).map(([name, code]) => {
    const line = `  ${String(code).padStart(3)}  ${name.padEnd(13)} ${EXIT_MEANINGS[name as ExitName]}`;
    return wrap(line, columns, 21);
  });
  const settings = wrap(`Settings: ${PRECEDENCE}.`, columns, 2);
  const more = wrap('Every error has an ID: metrics-lab explain error <ID> tells more.', columns, 2);
  return `\nExit codes:\n${codes.join('\n')}\n\n${settings}\n${more}`;
}

/** What follows the flags in the help of one command. */
export function commandHelp(spec: CommandSpec): string {
  const details = (spec.details ?? []).map((paragraph) => `\n${paragraph}`).join('');
  const formats = `\nForms of the result (-o): ${spec.formats.join(', ')}`;
  const examples =
    spec.examples === undefined ? '' : `\n\nExamples:\n${spec.examples.map((line) => `  ${line}`).join('\n')}`;
  return `${details === '' ? '' : `${details}\n`}${formats}${examples}`;
}
