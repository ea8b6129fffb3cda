import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { LabError } from '../errors/lab-error.ts';
import type { Endpoint } from './endpoint.ts';

/** Cuts a byte stream into whole replies. Raises a LabError when the stream cannot be this protocol. */
export interface ReplyParser<Reply> {
  push(chunk: Buffer): Reply[];
}

interface Pending<Reply> {
  readonly replies: Reply[];
  readonly wanted: number;
  readonly timeoutMs: number;
  readonly resolve: (replies: Reply[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface SendOptions {
  /** Milliseconds without any byte from the server after which the connection is given up. */
  readonly timeoutMs: number;
  /** Aborting destroys the connection: there is no other way to take a command back. */
  readonly signal?: AbortSignal;
}

/**
 * One connection to a server that answers requests in order. It never reconnects: whoever uses it must know that it was
 * lost, because then the fate of the requests under way is open. Every fault raises ML-QUEUE-UNREACHABLE.
 */
export class SocketConnection<Reply> {
  readonly endpoint: Endpoint;
  readonly #socket: Socket;
  readonly #parser: ReplyParser<Reply>;
  readonly #pending: Pending<Reply>[] = [];
  #lost: unknown;

  private constructor(endpoint: Endpoint, socket: Socket, parser: ReplyParser<Reply>) {
    this.endpoint = endpoint;
    this.#socket = socket;
    this.#parser = parser;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.destroy(this.#unreachable(error.message, error)));
    socket.on('timeout', () => this.destroy(this.#unreachable('it accepted the command and did not answer in time')));
    socket.on('close', () => this.destroy(this.#unreachable('it closed the connection')));
  }

  /** Connects; raises ML-QUEUE-UNREACHABLE when that fails or takes longer than `timeoutMs`. */
  static async open<Reply>(
    endpoint: Endpoint,
    parser: ReplyParser<Reply>,
    { timeoutMs, signal }: SendOptions,
  ): Promise<SocketConnection<Reply>> {
    signal?.throwIfAborted();
    const socket = await newSocket(endpoint);
    let abort = () => {};
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string, cause?: Error) =>
        reject(new LabError('ML-QUEUE-UNREACHABLE', { url: endpoint.shown, reason }, { cause }));
      abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      socket.setTimeout(timeoutMs, () => fail(`no connection within ${timeoutMs / 1000} s`));
      socket.once('error', (error: Error) => fail(textOf(error), error));
      socket.once(endpoint.tls ? 'secureConnect' : 'connect', () => resolve());
    })
      .catch((error: unknown) => {
        socket.on('error', () => {}); // nobody waits for it any more
        socket.destroy();
        throw error;
      })
      .finally(() => signal?.removeEventListener('abort', abort));
    socket.removeAllListeners();
    socket.setTimeout(0);
    return new SocketConnection(endpoint, socket, parser);
  }

  get closed(): boolean {
    return this.#lost !== undefined;
  }
  /** This end of the connection, as `address:port`. */
  get localAddress(): string {
    return `${this.#socket.localAddress ?? ''}:${this.#socket.localPort ?? 0}`;
  }

  /** Sends bytes that the server answers with `wanted` replies, without waiting for earlier answers (pipelining). */
  send(bytes: Buffer | string, wanted: number, { timeoutMs, signal }: SendOptions): Promise<Reply[]> {
    signal?.throwIfAborted();
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const abort = () => this.destroy(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    return new Promise<Reply[]>((resolve, reject) => {
      this.#pending.push({ replies: [], wanted, timeoutMs, resolve, reject });
      this.#watchForSilence();
      this.#socket.write(bytes, 'latin1');
    }).finally(() => signal?.removeEventListener('abort', abort));
  }

  /** Ends the connection; requests under way are rejected with `reason`. */
  destroy(reason: unknown = this.#unreachable('the connection was closed')): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#socket.destroy();
    for (const pending of this.#pending.splice(0)) pending.reject(reason);
  }

  #receive(chunk: Buffer): void {
    try {
      for (const reply of this.#parser.push(chunk)) this.#accept(reply);
    } catch (error) {
      this.destroy(error);
      return;
    }
    this.#watchForSilence();
  }

  #accept(reply: Reply): void {
    const first = this.#pending[0];
    if (first === undefined) return; // e.g. what a server says before it closes
    first.replies.push(reply);
    if (first.replies.length < first.wanted) return;
    this.#pending.shift();
    first.resolve(first.replies);
  }

  #watchForSilence(): void {
    // The oldest request decides: the server answers in order, so nothing else can be answered before it.
    this.#socket.setTimeout(this.#pending[0]?.timeoutMs ?? 0);
  }

  #unreachable(reason: string, cause?: Error): LabError {
    return new LabError('ML-QUEUE-UNREACHABLE', { url: this.endpoint.shown, reason }, { cause });
  }
}

async function newSocket({ host, port, tls, certificates }: Endpoint): Promise<Socket> {
  if (!tls) return connectTcp({ host, port });
  const { connect } = await import('node:tls'); // costs start-up time that only rediss:// needs
  return connect({ host, port, servername: isIP(host) === 0 ? host : '', ...certificates });
}

/** Node puts the reasons of a host with several addresses into an AggregateError whose own message is empty. */
function textOf(error: Error): string {
  if (error.message !== '') return error.message;
  return error instanceof AggregateError ? error.errors.map(String).join('; ') : error.name;
}
