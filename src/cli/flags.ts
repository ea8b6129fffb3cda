import { LabError } from '../errors/lab-error.ts';
import type { FlagValue } from './table/types.ts';

interface Typed {
  readonly raw: string;
  readonly value: FlagValue;
}

/** What was typed for one command: flags by long name, arguments by their name. Values are parsed already. */
export class Flags {
  readonly #declared: ReadonlySet<string>;
  readonly #typed = new Map<string, readonly Typed[]>();

  /** `declared`: every name that may be asked for; asking for another one is a bug of the command. */
  constructor(declared: Iterable<string>) {
    this.#declared = new Set(declared);
  }

  add(name: string, raw: string, value: FlagValue): void {
    this.#typed.set(name, [...this.all(name), { raw, value }]);
  }

  /** Names that were typed. */
  get typed(): readonly string[] {
    return [...this.#typed.keys()];
  }

  /** Every name that may be asked for. */
  get declared(): Iterable<string> {
    return this.#declared;
  }

  /** Whether the command has such a flag or argument at all. */
  declares(name: string): boolean {
    return this.#declared.has(name);
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  /** The last one typed, as a text. */
  text(name: string): string | undefined {
    const value = this.#last(name)?.value;
    if (value === undefined || typeof value === 'string') return value;
    throw wrongType(name, 'text');
  }

  /** The last one typed, as a number: durations in ms, rates per second. */
  number(name: string): number | undefined {
    const value = this.#last(name)?.value;
    if (value === undefined || typeof value === 'number') return value;
    throw wrongType(name, 'number');
  }

  /** How often an on/off flag was typed. */
  times(name: string): number {
    return this.all(name).length;
  }

  /** Every text given for a repeatable flag, in order. */
  list(name: string): readonly string[] {
    return this.all(name).map(({ raw }) => raw);
  }

  /** The last one typed, letter by letter. */
  raw(name: string): string | undefined {
    return this.#last(name)?.raw;
  }

  /** Every value given for a flag, in order. */
  all(name: string): readonly Typed[] {
    if (!this.#declared.has(name)) throw wrongType(name, 'declared flag of this command');
    return this.#typed.get(name) ?? [];
  }

  #last(name: string): Typed | undefined {
    return this.all(name).at(-1);
  }
}

function wrongType(name: string, wanted: string): LabError {
  return new LabError('ML-INTERNAL', { text: `"${name}" is not a ${wanted}` });
}
