import { Option } from 'commander';
import { EXIT_CODES } from '../errors/exit-codes.ts';
import { LabError } from '../errors/lab-error.ts';
import { Flags } from './flags.ts';
import { LabCommand } from './lab-command.ts';
import { GLOBAL_FLAGS } from './table/global-flags.ts';
import type { CommandSpec, FlagSpec, GroupSpec } from './table/types.ts';
import { usageOf } from './table.ts';

export interface ProgramOptions {
  readonly commands: readonly CommandSpec[];
  readonly groups: readonly GroupSpec[];
  readonly version: string;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  readonly columns: number;
  /** Called with what was typed, once everything was understood. */
  readonly onRun: (spec: CommandSpec, flags: Flags) => Promise<void> | void;
}

/**
 * The commander program of a command table; parse one argv with it, then throw it away. Usage errors are thrown as
 * LabErrors, `--help` and `--version` as CommanderErrors with exit code 0 (commander#2495).
 */
export function buildProgram(options: ProgramOptions): LabCommand {
  const typed: Typed[] = [];
  const root = new LabCommand('metrics-lab')
    .description('A local lab for Kubernetes autoscaling on custom and external metrics.')
    .usage('[flags] <command>')
    .version(options.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: options.writeOut,
      writeErr: options.writeErr,
      outputError: () => undefined, // printed once, by run()
      getOutHelpWidth: () => options.columns,
      getErrHelpWidth: () => options.columns,
    })
    .configureHelp({ subcommandTerm: (command) => [command.name(), command.usage()].join(' ').trim() })
    .enablePositionalOptions()
    .addHelpText('after', `\n${footer()}`) as LabCommand;
  addGlobals(root, typed);
  const groups = new Map(options.groups.map((group) => [group.name, addGroup(root, group, typed)]));
  for (const spec of options.commands) addCommand(spec, groups, root, typed, options.onRun);
  return root;
}

interface Typed {
  readonly name: string;
  readonly raw: string;
  readonly spec: FlagSpec;
}

function addGroup(root: LabCommand, group: GroupSpec, typed: Typed[]): LabCommand {
  const command = child(root, group.name).description(group.summary).usage('<what>').enablePositionalOptions();
  command.action(() => (command as LabCommand).missingSubcommand());
  addGlobals(command as LabCommand, typed);
  return command as LabCommand;
}
