import { LabError } from '../errors/lab-error.ts';
import type { Endpoint } from './endpoint.ts';
import { encodeCommand, RespError, RespParser, type RespReply, toBytes } from './resp.ts';
import { type SendOptions, SocketConnection } from './socket-connection.ts';

export type RedisCommand = readonly (string | number)[];

export const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** The server is there and will answer later: treated like a server that is away. */
const NOT_YET = new Set(['LOADING', 'BUSY', 'TRYAGAIN', 'MASTERDOWN', 'CLUSTERDOWN']);
/** The same on the node of a cluster, where a key may have moved away. */
const NOT_HERE = new Set([...NOT_YET, 'MOVED', 'ASK']);
const MAX_HOPS = 5;
const NOT_LOGGED_IN = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM']);

/**
 * One connection to a Redis server, RESP2, pipelined. Not the `redis` package: its reconnecting queue hides which commands
 * were in doubt, and it costs 28 MB in each of twenty consumers (docs/adr). Raises ML-QUEUE-UNREACHABLE (connection lost,
 * silence, server loading), ML-QUEUE-AUTH, ML-QUEUE-REFUSED, ML-QUEUE-PROTOCOL.
 */
export class RedisConnection {
  readonly #connection: SocketConnection<RespReply>;
  /** Error codes after which this connection is of no more use. */
  #lostBy: ReadonlySet<string> = NOT_YET;

  private constructor(connection: SocketConnection<RespReply>) {
    this.#connection = connection;
  }

  /** Connects, logs in, selects the database. */
  static async open(endpoint: Endpoint, signal?: AbortSignal): Promise<RedisConnection> {
    const options = { timeoutMs: CONNECT_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
    const parser = new RespParser(endpoint.shown);
    const redis = new RedisConnection(await SocketConnection.open(endpoint, parser, options));
    try {
      const { username, password, db } = endpoint;
      if (password !== undefined)
        await redis.call(['AUTH', ...(username === undefined ? [] : [toBytes(username)]), toBytes(password)], options);
      if (db !== 0) await redis.call(['SELECT', db], options);
      await redis.call(['PING'], options); // finds out now whether a login is needed
    } catch (error) {
      redis.destroy();
      throw error;
    }
    return redis;
  }

  /** A connection to the node of a cluster that has `key`; when the key moves away, the connection counts as lost. */
  static async openFor(key: string, seed: Endpoint, signal?: AbortSignal): Promise<RedisConnection> {
    let endpoint = seed;
    for (let hops = 0; ; hops += 1) {
      const redis = await RedisConnection.open(endpoint, signal);
      redis.#lostBy = NOT_HERE;
      const reply = await redis.ask(['EXISTS', key]);
      if (!(reply instanceof RespError)) return redis;
      const moved = /^MOVED \d+ (.*):(\d+)$/.exec(reply.message);
      redis.destroy();
      if (moved === null || hops === MAX_HOPS) throw redis.refused('EXISTS', reply.message);
      // An empty host means the one that was asked.
      const [host, port] = [moved[1] === '' ? endpoint.host : (moved[1] ?? ''), Number(moved[2])];
      endpoint = { ...endpoint, host, port, shown: endpoint.shown.replace(/\/\/.*/, `//${host}:${port}`) };
    }
  }

  get closed(): boolean {
    return this.#connection.closed;
  }

  destroy(): void {
    this.#connection.destroy();
  }

  /** One command and its reply. */
  async call(command: RedisCommand, options: SendOptions = { timeoutMs: COMMAND_TIMEOUT_MS }): Promise<RespReply> {
    const [reply = null] = await this.#connection.send(encodeCommand(command), 1, options);
    return this.#checked(reply, command[0]);
  }

  /** As `call`, but an error that the server answers is a value, for callers that know what it means. */
  async ask(command: RedisCommand, options: SendOptions = { timeoutMs: COMMAND_TIMEOUT_MS }): Promise<RespReply> {
    const [reply = null] = await this.#connection.send(encodeCommand(command), 1, options);
    return reply instanceof RespError && NOT_YET.has(reply.code) ? this.#checked(reply, command[0]) : reply;
  }

  /** Several commands in one write; all replies in order. Not a transaction. */
  async pipeline(commands: readonly RedisCommand[]): Promise<RespReply[]> {
    if (commands.length === 0) return [];
    const bytes = commands.map(encodeCommand).join('');
    const replies = await this.#connection.send(bytes, commands.length, { timeoutMs: COMMAND_TIMEOUT_MS });
    return replies.map((reply, index) => this.#checked(reply, commands[index]?.[0]));
  }

  /** MULTI ... EXEC in one write, so that nothing of this connection comes between; `undefined` when a WATCH failed. */
  async multi(commands: readonly RedisCommand[]): Promise<RespReply[] | undefined> {
    const bytes = [['MULTI'], ...commands, ['EXEC']].map(encodeCommand).join('');
    const replies = await this.#connection.send(bytes, commands.length + 2, { timeoutMs: COMMAND_TIMEOUT_MS });
    // A command that was refused while queueing says why; EXEC then only says EXECABORT.
    replies.slice(0, -1).forEach((reply, index) => this.#checked(reply, commands[index - 1]?.[0] ?? 'MULTI'));
    const results = this.#checked(replies.at(-1) ?? null, 'EXEC');
    if (results === null) return undefined;
    if (!Array.isArray(results)) throw this.refused('EXEC', 'unexpected answer');
    return results.map((reply, index) => this.#checked(reply, commands[index]?.[0]));
  }

  #checked(reply: RespReply, command: string | number = ''): RespReply {
    if (!(reply instanceof RespError)) return reply;
    const url = this.#connection.endpoint.shown;
    if (this.#lostBy.has(reply.code)) {
      this.#connection.destroy();
      throw new LabError('ML-QUEUE-UNREACHABLE', { url, reason: reply.message });
    }
    if (command === 'AUTH' || NOT_LOGGED_IN.has(reply.code))
      throw new LabError('ML-QUEUE-AUTH', { url, reason: reply.message });
    throw this.refused(command, reply.message);
  }

  /** The error for what the server refused. */
  refused(command: string | number, reason: string): LabError {
    return new LabError('ML-QUEUE-REFUSED', { url: this.#connection.endpoint.shown, command, reason });
  }
}

/** A reply that should be a number; a missing key counts as 0. */
export function toNumber(reply: RespReply | undefined): number {
  const number = reply === null || reply === undefined ? 0 : Number(reply);
  if (Number.isSafeInteger(number)) return number;
  throw new LabError('ML-QUEUE-PROTOCOL', { url: '', protocol: 'redis', reason: 'a number was expected' });
}

/** A reply that should be a list; a missing one is empty. */
export function toList(reply: RespReply | undefined): readonly RespReply[] {
  return Array.isArray(reply) ? reply : [];
}

/** The strings of a list reply; anything else in it is left out. */
export function toTexts(reply: RespReply | undefined): string[] {
  return toList(reply).filter((entry) => typeof entry === 'string');
}
