import { EXIT_MEANINGS, flagHelp, flagSyntax, PRECEDENCE } from '../../src/cli/help.ts';
import { FIELDS } from '../../src/cli/settings/fields.ts';
import { GLOBAL_FLAGS } from '../../src/cli/table/global-flags.ts';
import type { CommandSpec, FlagSpec } from '../../src/cli/table/types.ts';
import { COMMANDS, wordsOf } from '../../src/cli/table.ts';
import { EXIT_CODES, type ExitName } from '../../src/errors/exit-codes.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';

/** docs/cli.md */
export function cliPage(): string {
  return `${[
    GENERATED,
    '# Commands of metrics-lab',
    markdownTable(
      ['command', 'what it does'],
      COMMANDS.map((spec) => [`[${code(wordsOf(spec))}](#${anchor(spec)})`, spec.summary]),
    ),
    ...COMMANDS.map(section),
    '## Flags of every command',
    flagTable(GLOBAL_FLAGS),
    '## Settings',
    `${PRECEDENCE}.`,
    'Each setting has a path in the lab file ([schema](schemas/lab-file.json)), which is also what `--set` takes, and a variable.',
    settingsTable(),
    '## Exit codes',
    exitCodes(),
  ].join('\n\n')}\n`;
}

function anchor(spec: CommandSpec): string {
  return `metrics-lab-${spec.path.join('-')}`;
}

function section(spec: CommandSpec): string {
  const words = (spec.arguments ?? []).map(({ name, required }) => (required ? `<${name}>` : `[${name}]`));
  const parts = [
    `## metrics-lab ${wordsOf(spec)}`,
    `${spec.summary[0]?.toUpperCase()}${spec.summary.slice(1)}.`,
    ...(spec.details ?? []),
    `    ${['metrics-lab', ...spec.path, ...words, '[flags]'].join(' ')}`,
  ];
  if (spec.arguments !== undefined) {
    const rows = spec.arguments.map(({ name, help }) => [code(name), help]);
    parts.push(markdownTable(['argument', 'meaning'], rows));
  }
  if (spec.flags !== undefined && spec.flags.length > 0) parts.push(flagTable(spec.flags));
  parts.push(`Forms of the result: ${spec.formats.map(code).join(', ')}.`);
  if (spec.examples !== undefined) parts.push(spec.examples.map((line) => `    ${line}`).join('\n'));
  return parts.join('\n\n');
}

function flagTable(flags: readonly FlagSpec[]): string {
  return markdownTable(
    ['flag', 'meaning'],
    flags.map((flag) => [code(flagSyntax(flag)), flagHelp(flag)]),
  );
}

function settingsTable(): string {
  const rows = FIELDS.map(({ path, env, flag, fallback, help }) => [
    code(path),
    code(env),
    flag === undefined ? '' : code(`--${flag}`),
    fallback === undefined ? '' : code(fallback),
    help,
  ]);
  return markdownTable(['path', 'variable', 'flag', 'default', 'meaning'], rows);
}

function exitCodes(): string {
  const rows = Object.entries(EXIT_CODES).map(([name, number]) => [
    String(number),
    name,
    EXIT_MEANINGS[name as ExitName],
  ]);
  return markdownTable(['code', 'name', 'when'], rows);
}
