/** The words of one command: byte strings, one character per byte (latin1). */
export type Words = readonly string[];

/** What makes Redis answer once more and hang up. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const MAX_LINE = 64 * 1024;
const MAX_WORDS = 2_147_483_647;
const MAX_WORD_BYTES = 512 * 1024 * 1024;
/** Who has not logged in may send only little (networking.c, processMultibulkBuffer). */
const STRANGER = { words: 10, bytes: 16_384 };

/** Parses RESP2 and inline commands as Redis 7.0 does (networking.c). Keeps what is incomplete until more arrives. */
export class RequestParser {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Words of an array that is not complete yet. */
  #words: string[] = [];
  #missing = 0;
  /** Length of the bulk string that comes next, once it is known. */
  #length: number | undefined;

  push(chunk: Buffer): void {
    const rest = this.#bytes.subarray(this.#at);
    this.#bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    this.#at = 0;
  }

  /** The next whole command; undefined until more arrives. Raises ProtocolError. */
  next(loggedIn: boolean): Words | undefined {
    for (;;) {
      if (this.#missing === 0 && !this.#begin(loggedIn)) return undefined;
      while (this.#missing > 0) if (!this.#word(loggedIn)) return undefined;
      const words = this.#words;
      this.#words = [];
      if (words.length > 0) return words;
    }
  }

  /** Reads the count of an array, or a whole inline command. False: more must arrive. */
  #begin(loggedIn: boolean): boolean {
    if (this.#at >= this.#bytes.length) return false;
    if (this.#bytes[this.#at] !== 0x2a) return this.#inline();
    const line = this.#line('too big mbulk count string');
    if (line === undefined) return false;
    const count = wholeNumber(line.slice(1));
    if (count === undefined || count > MAX_WORDS) throw new ProtocolError('invalid multibulk length');
    if (count > STRANGER.words && !loggedIn) throw new ProtocolError('unauthenticated multibulk length');
    this.#missing = Math.max(0, count);
    return true;
  }

  #inline(): boolean {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if ((end < 0 ? this.#bytes.length : end) - this.#at > MAX_LINE) throw new ProtocolError('too big inline request');
    if (end < 0) return false;
    const line = this.#bytes.toString('latin1', this.#at, end).replace(/\r$/, '');
    this.#at = end + 1;
    const words = splitWords(line);
    if (words === undefined) throw new ProtocolError('unbalanced quotes in request');
    this.#words = words;
    return true;
  }

  #word(loggedIn: boolean): boolean {
    if (this.#length === undefined) {
      const line = this.#line('too big bulk count string');
      if (line === undefined) return false;
      if (!line.startsWith('$')) throw new ProtocolError(`expected '$', got '${line.charAt(0) || '\r'}'`);
      const length = wholeNumber(line.slice(1));
      if (length === undefined || length < 0 || length > MAX_WORD_BYTES) throw new ProtocolError('invalid bulk length');
      if (length > STRANGER.bytes && !loggedIn) throw new ProtocolError('unauthenticated bulk length');
      this.#length = length;
    }
    const end = this.#at + this.#length;
    if (this.#bytes.length < end + 2) return false;
    this.#words.push(this.#bytes.toString('latin1', this.#at, end));
    this.#at = end + 2;
    this.#length = undefined;
    this.#missing -= 1;
    return true;
  }

  #line(tooBig: string): string | undefined {
    const end = this.#bytes.indexOf(0x0d, this.#at);
    if ((end < 0 ? this.#bytes.length : end) - this.#at > MAX_LINE) throw new ProtocolError(tooBig);
    if (end < 0 || end + 1 >= this.#bytes.length) return undefined;
    const line = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end + 2;
    return line;
  }
}

function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^(?:0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
/** A word in double quotes (with escapes), in single quotes, or bare; quotes end at a blank or the end (sds.c, sdssplitargs). */
const WORD = /\s*(?:"((?:\\[^]|[^"\\])*)"(?!\S)|'((?:\\'|[^'])*)'(?!\S)|([^\s"']+(?=\s|$)))/y;

function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  const text = line.trimEnd();
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.length) {
    const match = WORD.exec(text);
    if (match === null) return undefined;
    const [, double, single, bare] = match;
    words.push(bare ?? single?.replaceAll("\\'", "'") ?? unescape(double ?? ''));
  }
  return words;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(?:x([\da-fA-F]{2})|([^]))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
