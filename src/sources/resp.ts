import { LabError } from '../errors/lab-error.ts';
import type { ReplyParser } from './socket-connection.ts';

/** An error that Redis answered: a value, because inside a transaction it is one reply among others. */
export class RespError {
  /** First word, e.g. `WRONGTYPE`, `NOAUTH`, `ERR`. */
  readonly code: string;
  readonly message: string;
  constructor(message: string) {
    this.message = message;
    this.code = message.split(' ', 1)[0] ?? '';
  }
}

/** One reply of RESP2. Bulk strings are byte strings: one character per byte (latin1), so that foreign bytes survive. */
export type RespReply = string | number | null | RespError | RespReply[];

const MAX_DEPTH = 8;

/** A command as RESP2: an array of bulk strings. Arguments are byte strings or numbers. */
export function encodeCommand(args: readonly (string | number)[]): string {
  let text = `*${args.length}\r\n`;
  for (const arg of args) {
    const bytes = String(arg);
    text += `$${bytes.length}\r\n${bytes}\r\n`;
  }
  return text;
}

/** Text as a byte string, and back: UTF-8 inside. */
export const toBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
export const fromBytes = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

interface Parsed {
  readonly reply: RespReply;
  readonly end: number;
}

/** Parses RESP2 (the reply side). Keeps what is incomplete until more arrives. */
export class RespParser implements ReplyParser<RespReply> {
  readonly #url: string;
  #rest: Buffer = Buffer.alloc(0);

  /** `url` is shown in errors. */
  constructor(url: string) {
    this.#url = url;
  }

  push(chunk: Buffer): RespReply[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const replies: RespReply[] = [];
    let at = 0;
    for (let next = this.#parse(bytes, at, 0); next !== undefined; next = this.#parse(bytes, at, 0)) {
      replies.push(next.reply);
      at = next.end;
    }
    this.#rest = bytes.subarray(at);
    return replies;
  }

  #parse(bytes: Buffer, at: number, depth: number): Parsed | undefined {
    if (depth > MAX_DEPTH) throw this.#nonsense('its answer is nested too deeply');
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
    if (lineEnd < 0) return undefined;
    const kind = String.fromCharCode(bytes[at] ?? 0);
    const line = bytes.toString('latin1', at + 1, lineEnd);
    const end = lineEnd + 2;
    if (kind === '+') return { reply: line, end };
    if (kind === '-') return { reply: new RespError(line), end };
    const number = Number(line);
    if (!'$*:'.includes(kind) || !Number.isSafeInteger(number) || line === '')
      throw this.#nonsense(`it sent ${JSON.stringify((kind + line).slice(0, 60))}`);
    if (kind === ':') return { reply: number, end };
    if (number < 0) return { reply: null, end };
    return kind === '$' ? bulk(bytes, end, number) : this.#array(bytes, end, number, depth);
  }

  #array(bytes: Buffer, start: number, count: number, depth: number): Parsed | undefined {
    const reply: RespReply[] = [];
    let end = start;
    for (let i = 0; i < count; i += 1) {
      const next = this.#parse(bytes, end, depth + 1);
      if (next === undefined) return undefined;
      reply.push(next.reply);
      end = next.end;
    }
    return { reply, end };
  }

  #nonsense(reason: string): LabError {
    return new LabError('ML-QUEUE-PROTOCOL', { url: this.#url, protocol: 'redis', reason });
  }
}

function bulk(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (bytes.length < start + length + 2) return undefined;
  return { reply: bytes.toString('latin1', start, start + length), end: start + length + 2 };
}
