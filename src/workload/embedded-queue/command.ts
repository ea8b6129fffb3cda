import type { Engine } from './engine.ts';
import type { Keyspace } from './keyspace.ts';
import { NOT_INTEGER, Refusal } from './replies.ts';
import type { Words } from './requests.ts';
import type { Session } from './session.ts';

/** One run of a command. */
export interface Call {
  /** What follows the command's name. */
  readonly args: Words;
  readonly session: Session;
  readonly engine: Engine;
  readonly db: Keyspace;
  /** Whether the client can wait: not inside a transaction. */
  readonly mayWait: boolean;
  /** What goes to the log in place of the command's own words. */
  logAs(words: Words): void;
}

/** A command as Redis describes it (COMMAND INFO), and what it does. */
export interface Command {
  /** Lower case; of a subcommand `client|kill`. */
  readonly name: string;
  /** Words with the name; negative: at least so many. */
  readonly arity: number;
  readonly flags: readonly string[];
  /** First key, last key, step. */
  readonly keys?: readonly [number, number, number];
  readonly subcommands?: ReadonlyMap<string, Command>;
  /** The answer; undefined: the client waits. Raises Refusal. */
  readonly run: (call: Call) => string | undefined;
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** A decimal number of 64 bits without plus sign and leading zeros (util.c, string2ll). */
export function int64(text: string, refusal: string = NOT_INTEGER): bigint {
  if (/^(?:0|-?[1-9]\d{0,18})$/.test(text)) {
    const number = BigInt(text);
    if (number >= INT64.min && number <= INT64.max) return number;
  }
  throw new Refusal(refusal);
}

/** As `int64`, for numbers that only count something in memory. */
export function int(text: string, refusal: string = NOT_INTEGER): number {
  return Number(int64(text, refusal));
}

/** The sum of two 64-bit numbers. */
export function sum(one: bigint, other: bigint): bigint {
  const result = one + other;
  if (result < INT64.min || result > INT64.max) throw new Refusal('ERR increment or decrement would overflow');
  return result;
}

/** A decimal number or `inf`; hexadecimal floats, which C reads too, are refused. */
export function float(text: string, refusal: string): number {
  const [, sign = '', word] = /^([+-]?)(inf|infinity)$/i.exec(text) ?? [];
  if (word !== undefined) return sign === '-' ? -Infinity : Infinity;
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  throw new Refusal(refusal);
}

/** First and last index of a range as LRANGE takes it (negative: from the end), end exclusive; empty when nothing is in it. */
export function range(start: number, stop: number, length: number): { readonly from: number; readonly to: number } {
  const from = Math.max(0, start < 0 ? start + length : start);
  const to = Math.min(length, (stop < 0 ? stop + length : stop) + 1);
  return { from, to: Math.max(from, to) };
}

/** A glob of Redis (util.c, stringmatchlen): `*`, `?`, `[a-c]`, `[^a]`, `\x`. */
export function glob(pattern: string, flags = ''): (text: string) => boolean {
  const source = pattern.replaceAll(/\\([^])|\*+|\?|\[(\^?)((?:\\[^]|[^\]\\])*)\]|[^]/g, (token, escaped, not, set) => {
    if (token.startsWith('*')) return '[^]*';
    if (token === '?') return '[^]';
    if (typeof set === 'string') return `[${not}${set.replaceAll(/[[\]^]/g, String.raw`\$&`)}]`;
    return String(escaped ?? token).replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  });
  const regex = new RegExp(`^${source}$`, flags);
  return (text) => regex.test(text);
}
