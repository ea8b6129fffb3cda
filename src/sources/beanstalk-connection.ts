import { LabError } from '../errors/lab-error.ts';
import type { Endpoint } from './endpoint.ts';
import { type ReplyParser, type SendOptions, SocketConnection } from './socket-connection.ts';

/** An answer of beanstalkd: `RESERVED 12 5` + body is words `['RESERVED', '12', '5']` and a body of 5 bytes. */
export interface BeanstalkReply {
  readonly words: readonly string[];
  /** Byte string (latin1); undefined when this kind of answer has none. */
  readonly body: string | undefined;
}

export const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Answers that are followed by a body, whose length is the last word. */
const WITH_BODY = new Set(['RESERVED', 'FOUND', 'OK']);
/** The command itself was not understood or not carried out, whatever the command. */
const FAULTS = new Set([
  'OUT_OF_MEMORY',
  'INTERNAL_ERROR',
  'BAD_FORMAT',
  'UNKNOWN_COMMAND',
  'DRAINING',
  'EXPECTED_CRLF',
]);
const LONGEST_LINE = 1_000;

/** Cuts the byte stream of beanstalkd (doc/protocol.txt of beanstalkd 1.12) into answers. */
export class BeanstalkParser implements ReplyParser<BeanstalkReply> {
  readonly #url: string;
  #rest: Buffer = Buffer.alloc(0);

  /** `url` is shown in errors. */
  constructor(url: string) {
    this.#url = url;
  }

  push(chunk: Buffer): BeanstalkReply[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const replies: BeanstalkReply[] = [];
    let at = 0;
    for (;;) {
      const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
      if (lineEnd < 0 && bytes.length - at > LONGEST_LINE) throw this.#nonsense(bytes.toString('latin1', at, at + 40));
      if (lineEnd < 0) break;
      const line = bytes.toString('latin1', at, lineEnd);
      if (!/^[A-Z_]+( |$)/.test(line)) throw this.#nonsense(line.slice(0, 40));
      const words = line.split(' ');
      const start = lineEnd + 2;
      if (!WITH_BODY.has(words[0] ?? '')) {
        replies.push({ words, body: undefined });
        at = start;
        continue;
      }
      const length = Number(words.at(-1));
      if (!Number.isSafeInteger(length) || length < 0) throw this.#nonsense(line.slice(0, 40));
      if (bytes.length < start + length + 2) break;
      replies.push({ words, body: bytes.toString('latin1', start, start + length) });
      at = start + length + 2;
    }
    this.#rest = bytes.subarray(at);
    return replies;
  }

  #nonsense(text: string): LabError {
    const reason = `it sent ${JSON.stringify(text)}`;
    return new LabError('ML-QUEUE-PROTOCOL', { url: this.#url, protocol: 'beanstalkd', reason });
  }
}

/**
 * One pipelined connection to beanstalkd. Not the `jackd` package: with two answers in one packet it hands the second one
 * out as part of the first body, and a lost connection leaves its callers waiting for ever (docs/adr).
 * Raises ML-QUEUE-UNREACHABLE, ML-QUEUE-REFUSED, ML-QUEUE-PROTOCOL.
 */
export class BeanstalkConnection {
  readonly #connection: SocketConnection<BeanstalkReply>;

  private constructor(connection: SocketConnection<BeanstalkReply>) {
    this.#connection = connection;
  }

  static async open(endpoint: Endpoint, signal?: AbortSignal): Promise<BeanstalkConnection> {
    const options = { timeoutMs: CONNECT_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
    const parser = new BeanstalkParser(endpoint.shown);
    return new BeanstalkConnection(await SocketConnection.open(endpoint, parser, options));
  }

  get closed(): boolean {
    return this.#connection.closed;
  }

  destroy(): void {
    this.#connection.destroy();
  }

  /** One command (a line without its end); the answer must start with one of `expected`. */
  async call(
    line: string,
    expected: readonly string[],
    options: SendOptions = { timeoutMs: COMMAND_TIMEOUT_MS },
  ): Promise<BeanstalkReply> {
    const [reply] = await this.#connection.send(`${line}\r\n`, 1, options);
    return this.#checked(reply, line, expected);
  }

  /** Several commands in one write. */
  async pipeline(lines: readonly string[], expected: readonly string[]): Promise<BeanstalkReply[]> {
    if (lines.length === 0) return [];
    const bytes = lines.map((line) => `${line}\r\n`).join('');
    const replies = await this.#connection.send(bytes, lines.length, { timeoutMs: COMMAND_TIMEOUT_MS });
    return replies.map((reply, index) => this.#checked(reply, lines[index] ?? '', expected));
  }

  #checked(reply: BeanstalkReply | undefined, line: string, expected: readonly string[]): BeanstalkReply {
    const word = reply?.words[0] ?? '';
    if (reply !== undefined && expected.includes(word)) return reply;
    const { shown } = this.#connection.endpoint;
    const command = line.split(/[ \r]/, 1)[0] ?? '';
    if (FAULTS.has(word) || word === 'JOB_TOO_BIG' || word === 'BURIED' || word === 'NOT_FOUND')
      throw new LabError('ML-QUEUE-REFUSED', { url: shown, command, reason: EXPLAINED[word] ?? word });
    const reason = `it answered ${command} with ${JSON.stringify(reply?.words.join(' ').slice(0, 60))}`;
    throw new LabError('ML-QUEUE-PROTOCOL', { url: shown, protocol: 'beanstalkd', reason });
  }
}

const EXPLAINED: Readonly<Record<string, string>> = {
  JOB_TOO_BIG: 'the item is larger than the server allows (its option -z)',
  DRAINING: 'the server takes no new jobs (it was sent SIGUSR1)',
  OUT_OF_MEMORY: 'the server is out of memory',
  BURIED: 'the server is out of memory and buried the job',
};

/** The body of a stats answer (`key: value` lines, YAML) as a map; lists and the header line are left out. */
export function parseStats(body: string | undefined): ReadonlyMap<string, string> {
  const lines = (body ?? '').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, key, value] = /^([a-z-]+): (.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value.replace(/^"(.*)"$/, '$1')] as const];
    }),
  );
}

/** A number of a stats answer; 0 when it is not there. */
export function statOf(stats: ReadonlyMap<string, string>, key: string): number {
  const value = Number(stats.get(key) ?? 0);
  return Number.isFinite(value) ? value : 0;
}
