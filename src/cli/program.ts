import { Argument, Option } from 'commander';
import { Flags } from './flags.ts';
import { commandHelp, flagHelp, flagSyntax, formatHelp, GLOBAL_GROUP, rootHelp } from './help.ts';
import { LabCommand } from './lab-command.ts';
import { GLOBAL_FLAGS } from './table/global-flags.ts';
import type { ArgumentSpec, FlagSpec, FlagValue, GroupSpec, LoadableCommand } from './table/types.ts';

export interface ProgramOptions {
  readonly commands: readonly LoadableCommand[];
  readonly groups: readonly GroupSpec[];
  readonly version: string;
  readonly writeOut: (text: string) => void;
  readonly columns: number;
  /** Called with what was typed, once everything was understood. */
  readonly onRun: (command: LoadableCommand, flags: Flags) => Promise<void> | void;
}

const HELP = ['-h, --help', 'print this help'] as const;

interface Typed {
  readonly name: string;
  readonly raw: string;
  readonly value: FlagValue;
}

/**
 * The commander program of a command table; parse one argv with it, then throw it away. Usage errors are thrown as
 * LabErrors, `--help` and `--version` as CommanderErrors with exit code 0 (commander#2495).
 */
export function buildProgram(options: ProgramOptions): LabCommand {
  const typed: Typed[] = [];
  const root = newRoot(options);
  addGlobals(root, typed);
  const groups = new Map(options.groups.map((group) => [group.name, addGroup(root, group, typed)]));
  for (const command of options.commands) {
    const parent = command.path.length > 1 ? (groups.get(command.path[0] ?? '') ?? root) : root;
    addCommand(parent, command, typed, options.onRun);
  }
  return root;
}

function newRoot({ version, writeOut, columns }: ProgramOptions): LabCommand {
  const root = new LabCommand('metrics-lab');
  root
    .optionsGroup(GLOBAL_GROUP)
    .description('A local lab for Kubernetes autoscaling on custom and external metrics.')
    .usage('[flags] <command>')
    .version(version, '--version', 'print the version')
    .helpOption(...HELP)
    .helpCommand('help [command]', 'help of a command')
    .exitOverride()
    .configureOutput({
      writeOut,
      writeErr: writeOut, // help that was asked for wrongly still is the answer
      outputError: () => undefined, // printed once, by run()
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .configureHelp({
      subcommandTerm: (command) => `${command.name()} ${command.usage()}`.replace(/ \[flags\]$/, ''),
      formatHelp,
      minWidthToWrap: 12, // on a narrow terminal too
    })
    .enablePositionalOptions()
    .addHelpText('after', () => rootHelp(columns));
  return root;
}

function addGroup(root: LabCommand, group: GroupSpec, typed: Typed[]): LabCommand {
  const command = root.command(group.name) as LabCommand;
  command.description(group.summary).usage('<what>').helpCommand(false).enablePositionalOptions();
  addGlobals(command, typed);
  return command;
}

function addCommand(parent: LabCommand, spec: LoadableCommand, typed: Typed[], onRun: ProgramOptions['onRun']): void {
  const command = parent.command(spec.path.at(-1) ?? '') as LabCommand;
  const words = (spec.arguments ?? []).map(({ name, required }) => (required ? `<${name}>` : `[${name}]`));
  command
    .optionsGroup(GLOBAL_GROUP)
    .helpOption(...HELP)
    .description(spec.summary)
    .usage([...words, '[flags]'].join(' '))
    .addHelpText('after', () => commandHelp(spec))
    .action(() => onRun(spec, flagsOf(spec, typed)));
  for (const argument of spec.arguments ?? []) addArgument(command, argument, typed);
  for (const flag of spec.flags ?? []) addFlag(command, flag, typed, 'Flags:');
  addGlobals(command, typed);
}

function addGlobals(command: LabCommand, typed: Typed[]): void {
  for (const flag of GLOBAL_FLAGS) addFlag(command, flag, typed, GLOBAL_GROUP);
}

function addFlag(command: LabCommand, flag: FlagSpec, typed: Typed[], group: string): void {
  const option = new Option(flagSyntax(flag), flagHelp(flag)).helpGroup(group);
  // Commander calls this for flags without a value too, then with nothing.
  option.argParser((raw: string | undefined) => {
    const value = raw === undefined ? true : (flag.parse?.(raw, `--${flag.name}`) ?? raw);
    typed.push({ name: flag.name, raw: raw ?? '', value });
    return true;
  });
  command.addOption(option);
}

function addArgument(command: LabCommand, spec: ArgumentSpec, typed: Typed[]): void {
  const argument = new Argument(spec.required ? `<${spec.name}>` : `[${spec.name}]`, spec.help);
  argument.argParser((raw: string) => {
    typed.push({ name: spec.name, raw, value: spec.parse?.(raw, `<${spec.name}>`) ?? raw });
    return raw;
  });
  command.addArgument(argument);
}

function flagsOf(spec: LoadableCommand, typed: readonly Typed[]): Flags {
  const declared = [...(spec.arguments ?? []), ...(spec.flags ?? []), ...GLOBAL_FLAGS].map(({ name }) => name);
  const flags = new Flags(declared);
  for (const { name, raw, value } of typed) flags.add(name, raw, value);
  return flags;
}
