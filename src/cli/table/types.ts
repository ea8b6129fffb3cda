import type { ExitName } from '../../errors/exit-codes.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';

export type OutputFormat = 'text' | 'wide' | 'json' | 'yaml' | 'ndjson' | 'csv' | 'junit' | 'sarif' | 'name';

/** A value as typed, after its parser: durations in ms, rates per second. */
export type FlagValue = string | number | boolean;

/** Turns typed text into a value or raises a usage error; `name` is how the message calls it, e.g. `--rate`. */
export type ValueParser = (text: string, name: string) => FlagValue;

/** Values that completion finds out when asked. */
export type DynamicValues = 'labs' | 'error-ids' | 'components';

export interface FlagSpec {
  /** Long name without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** Placeholder of the value in help, e.g. `duration`; absent = on or off. */
  readonly value?: string;
  readonly help: string;
  readonly parse?: ValueParser;
  readonly choices?: readonly string[];
  /** May be given several times. On/off flags count, the others make a list. */
  readonly repeat?: boolean;
  /** Shown in help; the value itself comes from the settings. */
  readonly fallback?: string;
  /** The environment variable with the same meaning. */
  readonly env?: string;
  readonly dynamic?: DynamicValues;
  /** The setting it stands for, as a path of the lab file. */
  readonly setting?: string;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly help: string;
  readonly required: boolean;
  readonly parse?: ValueParser;
  readonly choices?: readonly string[];
  readonly dynamic?: DynamicValues;
}

/** One command as data: help, docs/cli.md, completion, parsing and the hint check are all made from it. */
export interface CommandSpec {
  /** Words that call it, e.g. `['watch', 'hpa']`. */
  readonly path: readonly string[];
  readonly summary: string;
  /** Longer text of its own help, one paragraph per entry. */
  readonly details?: readonly string[];
  readonly arguments?: readonly ArgumentSpec[];
  readonly flags?: readonly FlagSpec[];
  readonly formats: readonly OutputFormat[];
  /** Whether it reads configuration files; the others work even when these are broken. */
  readonly config: boolean;
  /** Only reads, so that --context and --kubeconfig may name any cluster, whatever the lab's backend. */
  readonly anyCluster?: true;
  readonly examples?: readonly string[];
}

/** A command whose module is there: only these are listed in `--help`. */
export interface LoadableCommand extends CommandSpec {
  readonly load: () => Promise<CommandModule>;
}

/** What a file in `commands/` exports. It is imported only when the command runs (STYLE rule 24). */
export interface CommandModule {
  /**
   * Does the work and prints the result with `context.output`. Resolves to nothing when it went well, or to an outcome that is
   * no error but has an exit code of its own (`status --exit-code`, Ctrl-C as a key of a live view).
   */
  readonly run: (context: CommandContext, flags: Flags) => Promise<ExitName | undefined>;
}

/** A word that only holds commands, such as `watch`. */
export interface GroupSpec {
  readonly name: string;
  readonly summary: string;
}

export const RECORD_FORMATS: readonly OutputFormat[] = ['text', 'wide', 'json', 'yaml', 'ndjson', 'name'];
export const DOCUMENT_FORMATS: readonly OutputFormat[] = ['text', 'json', 'yaml'];
