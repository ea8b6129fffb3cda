// Answers as RESP2 texts, one character per byte (latin1).

export const OK = '+OK\r\n';
export const NIL = '$-1\r\n';
export const NIL_ARRAY = '*-1\r\n';

/** A status such as `OK`. */
export const simple = (text: string): string => `+${text}\r\n`;
export const integer = (number: number | bigint): string => `:${number}\r\n`;
export const bulk = (bytes: string | undefined): string =>
  bytes === undefined ? NIL : `$${bytes.length}\r\n${bytes}\r\n`;
/** Members are answers themselves. */
export const array = (members: readonly string[]): string => `*${members.length}\r\n${members.join('')}`;
export const bulks = (texts: readonly string[]): string => array(texts.map(bulk));

/** An error answer. A text without a code of its own begins with ERR; line breaks would end it early. */
export const failure = (text: string): string => `-${text.replaceAll(/[\r\n]/g, ' ')}\r\n`;

/** The error answer of a command, as an exception: nothing was changed. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export const SYNTAX = 'ERR syntax error';
export const NOT_INTEGER = 'ERR value is not an integer or out of range';
export const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';
