import type { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { UserInfo } from '../../kube/aggregated-auth/types.ts';
import { peerCertificates } from '../../kube/aggregated-auth/peer.ts';
import { type ApiFailure, tooLarge } from '../api/failure.ts';

/** What a response of HTTP/1.1 and the compatibility layer of HTTP/2 have in common, as far as it is used. */
export interface Outgoing extends NodeJS.WritableStream {
  statusCode: number;
  readonly headersSent: boolean;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
}

/** kube-apiserver's --max-request-bytes for anything that ends in etcd. */
export const BODY_LIMIT: number = 3 * 1024 * 1024;

/** One request and its answer. */
export class Exchange {
  readonly method: string;
  /** Raw, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly request: IncomingMessage;
  readonly response: Outgoing;
  readonly warnings: string[] = [];
  /** Known once authentication has passed. */
  user: UserInfo = { name: '', groups: [], extra: {} };
  /** Holds an answer back until what it tells of is durable. */
  whenDurable: (run: () => void) => void = (run) => run();

  constructor(request: IncomingMessage, response: Outgoing) {
    this.request = request;
    this.response = response;
    this.method = request.method ?? 'GET';
    this.headers = request.headers;
    const url = request.url ?? '/';
    const cut = url.indexOf('?');
    this.path = cut < 0 ? url : url.slice(0, cut);
    this.query = new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1));
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The same object for all requests of one connection. HTTP/2 makes a new socket object for every request. */
  get connection(): object {
    const { stream } = this.request as { readonly stream?: { readonly session?: object } };
    return stream?.session ?? this.request.socket;
  }

  get peer(): readonly X509Certificate[] {
    return peerCertificates(this.request);
  }

  /** The whole body. Raises ApiFailure 413 above the limit; a client that goes away raises what the stream raises. */
  async body(limit: number = BODY_LIMIT): Promise<Buffer> {
    const declared = Number(this.headers['content-length'] ?? 0);
    if (declared > limit) return await this.#refuseBody(limit);
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of this.request) {
      const bytes = part as Buffer;
      size += bytes.length;
      if (size > limit) return await this.#refuseBody(limit);
      parts.push(bytes);
    }
    return Buffer.concat(parts);
  }

  /** Reads on without keeping: a client that is still sending would see a broken connection instead of the answer. */
  #refuseBody(limit: number): Promise<never> {
    this.request.resume();
    return Promise.reject(tooLarge(limit));
  }

  /** A hint for the user, which kubectl prints: HTTP header Warning. */
  warn(text: string): void {
    if (!this.warnings.includes(text)) this.warnings.push(text);
  }

  head(status: number, type: string | undefined, headers: Readonly<Record<string, string>> = {}): void {
    const { response } = this;
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('cache-control', 'no-cache, private');
    if (type !== undefined) response.setHeader('content-type', type);
    if (this.warnings.length > 0) {
      response.setHeader(
        'warning',
        this.warnings.map((text) => `299 - ${quoted(text)}`),
      );
    }
  }

  send(status: number, type: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): void {
    this.head(status, type, headers);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.response.setHeader('content-length', bytes.length);
    this.whenDurable(() => {
      if (this.method === 'HEAD') this.response.end();
      else this.response.end(bytes);
    });
  }

  json(status: number, value: unknown): void {
    this.send(status, 'application/json', `${JSON.stringify(value)}\n`);
  }

  fail(failure: ApiFailure): void {
    const seconds = failure.details?.['retryAfterSeconds'];
    const headers = typeof seconds === 'number' ? { 'retry-after': String(seconds) } : {};
    this.send(failure.code, 'application/json', `${JSON.stringify(failure.status)}\n`, headers);
  }

  /** Aborted when the client goes away or the answer is complete. */
  get closed(): AbortSignal {
    const controller = new AbortController();
    this.response.once('close', () => controller.abort());
    return controller.signal;
  }
}

/** net.NewWarningHeader: quoted, on one line. */
function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return `"${line.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
