import { Command, type HelpContext, type Option } from 'commander';
import { LabError } from '../errors/lab-error.ts';
import { nearest } from './nearest.ts';

/**
 * A commander command whose complaints are ours: error IDs, the nearest three names, exit 2. Commander calls these methods by
 * name; test/unit/cli/program.test.ts proves that it still does. Subcommands made by `.command()` are of this class too and
 * inherit exitOverride and configureOutput, which `addCommand()` would not pass on (commander#1366).
 */
export class LabCommand extends Command {
  override createCommand(name?: string): LabCommand {
    return new LabCommand(name);
  }

  unknownOption(flag: string): never {
    const name = flag.replace(/=.*$/s, '');
    throw new LabError('ML-USAGE-FLAG', {
      flag: name,
      nearest: nearest(name, this.#visibleFlags()).join(', '),
      help: this.#help(),
    });
  }

  unknownCommand(): never {
    const typed = this.args[0] ?? '';
    const names = this.createHelp()
      .visibleCommands(this)
      .map((command) => command.name());
    throw new LabError('ML-USAGE-COMMAND', {
      command: [...this.#words(), typed].join(' '),
      nearest: nearest(typed, names).join(', '),
      help: this.#help(),
    });
  }

  missingArgument(name: string): never {
    throw this.#argumentError(`The argument <${name}> is missing`);
  }

  optionMissingArgument(option: Option): never {
    throw this.#argumentError(`The flag ${option.flags} needs a value`);
  }

  _excessArguments(received: readonly string[]): never {
    const extra = received.slice(this.registeredArguments.length);
    throw this.#argumentError(`Too many arguments: ${extra.join(' ')}`);
  }

  /** `metrics-lab` alone is a request for help; `metrics-lab watch` alone lacks something. */
  override help(context?: HelpContext | ((text: string) => string)): never {
    if (typeof context !== 'object' || context.error !== true) return super.help();
    return this.parent === null ? super.help() : this.#missingSubcommand();
  }

  /** `help watch hpa`: all of the words, where commander looks at the first one only. */
  _dispatchHelpCommand(): never {
    let command: LabCommand = this;
    for (const word of this.args.slice(1)) {
      const next = command.commands.find((child) => child.name() === word);
      if (!(next instanceof LabCommand)) {
        command.args = [word];
        return command.unknownCommand();
      }
      command = next;
    }
    return command.help();
  }

  #missingSubcommand(): never {
    const names = this.commands.map((command) => command.name()).join(', ');
    throw this.#argumentError(`"${this.#words().join(' ')}" needs to know what: ${names}`);
  }

  #argumentError(problem: string): LabError {
    return new LabError('ML-USAGE-ARGUMENT', {
      problem,
      usage: ['metrics-lab', ...this.#words(), this.usage()].join(' '),
      help: this.#help(),
    });
  }

  #help(): string {
    return [...this.#words(), '--help'].join(' ');
  }

  #visibleFlags(): string[] {
    return this.createHelp()
      .visibleOptions(this)
      .flatMap((option) => option.long ?? []);
  }

  /** The words that call this command, without the program's name. */
  #words(): string[] {
    const words: string[] = [];
    for (let command: Command | null = this; command?.parent != null; command = command.parent) {
      words.unshift(command.name());
    }
    return words;
  }
}
