import { GLOBAL_FLAGS } from '../table/global-flags.ts';
import type { ArgumentSpec, CommandSpec, DynamicValues, FlagSpec } from '../table/types.ts';

export interface Candidate {
  readonly value: string;
  readonly help: string;
}

/** What may stand at the cursor. */
export interface Candidates {
  readonly words: readonly Candidate[];
  /** Values to be found out; each is put behind `prefix`. */
  readonly dynamic?: { readonly values: DynamicValues; readonly prefix: string };
  /** Names of files may stand here too. */
  readonly files: boolean;
}

const NOTHING: Candidates = { words: [], files: false };
const HELP: FlagSpec = { name: 'help', short: 'h', help: 'print this help' };
const FILE_PLACEHOLDERS: readonly string[] = ['file', 'dir'];

/**
 * What may stand in the place of `current`, after the words before it (without the program's name). Pure; everything that
 * does not begin with `current` is left out.
 */
export function candidates(commands: readonly CommandSpec[], before: readonly string[], current: string): Candidates {
  const line = read(commands, before);
  if (line.openFlag !== undefined) return valuesOf(line.openFlag, current, '');
  const joined = /^(--[^=]+)=(.*)$/s.exec(current);
  if (joined !== null) {
    const flag = line.flags.find(({ name }) => `--${name}` === joined[1]);
    return flag?.value === undefined ? NOTHING : valuesOf(flag, joined[2] ?? '', `${joined[1]}=`);
  }
  if (current.startsWith('-') && !line.ended) {
    const open = line.flags.filter(({ name, repeat }) => repeat === true || !line.typed.has(name));
    return matching(
      current,
      open.map((flag) => ({ value: `--${flag.name}`, help: flag.help })),
    );
  }
  if (line.command === undefined) return matching(current, nextWords(commands, line.path));
  const argument = line.command.arguments?.[line.operands];
  return argument === undefined ? NOTHING : valuesOf(argument, current, '');
}

interface Line {
  /** Words of the command so far. */
  readonly path: readonly string[];
  readonly command: CommandSpec | undefined;
  readonly flags: readonly FlagSpec[];
  readonly typed: ReadonlySet<string>;
  readonly operands: number;
  /** A flag whose value comes next. */
  readonly openFlag: FlagSpec | undefined;
  /** `--` was typed. */
  readonly ended: boolean;
}

function read(commands: readonly CommandSpec[], words: readonly string[]): Line {
  const path: string[] = [];
  const typed = new Set<string>();
  let [command, openFlag]: [CommandSpec | undefined, FlagSpec | undefined] = [undefined, undefined];
  let operands = 0;
  let ended = false;
  const flags = () => [...(command?.flags ?? []), ...GLOBAL_FLAGS, HELP];
  for (const word of words) {
    if (openFlag !== undefined) openFlag = undefined;
    else if (word === '--') ended = true;
    else if (word.startsWith('-') && !ended) {
      const flag = flags().find(
        ({ name, short }) => word === `--${name}` || word.startsWith(`--${name}=`) || word === `-${short}`,
      );
      if (flag !== undefined) typed.add(flag.name);
      if (flag?.value !== undefined && !word.includes('=')) openFlag = flag;
    } else if (command === undefined) {
      path.push(word);
      command = commands.find((spec) => spec.path.join(' ') === path.join(' '));
    } else operands += 1;
  }
  return { path, command, flags: flags(), typed, operands, openFlag, ended };
}

/** The words that may follow in the names of commands. */
function nextWords(commands: readonly CommandSpec[], path: readonly string[]): Candidate[] {
  const words = new Map<string, string>();
  for (const spec of commands) {
    const word = spec.path[path.length];
    if (word === undefined || path.some((typed, index) => spec.path[index] !== typed)) continue;
    const isWhole = spec.path.length === path.length + 1;
    if (isWhole || !words.has(word)) words.set(word, isWhole ? spec.summary : `${spec.path.join(' ')}, ...`);
  }
  return [...words].map(([value, help]) => ({ value, help }));
}

function valuesOf(spec: FlagSpec | ArgumentSpec, current: string, prefix: string): Candidates {
  const words = (spec.choices ?? [])
    .filter((choice) => choice.startsWith(current))
    .map((choice) => ({ value: prefix + choice, help: '' }));
  const placeholder = 'value' in spec ? spec.value : spec.name;
  const files = FILE_PLACEHOLDERS.includes(placeholder ?? '');
  return { words, files, ...(spec.dynamic === undefined ? {} : { dynamic: { values: spec.dynamic, prefix } }) };
}

function matching(current: string, words: readonly Candidate[]): Candidates {
  return { words: words.filter(({ value }) => value.startsWith(current)), files: false };
}
