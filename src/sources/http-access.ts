import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { describe, LabError } from '../errors/lab-error.ts';
import { type Transport, transport } from '../kube/transport.ts';

/** How an HTTP server is reached and who we are there. Files are read again at each request, so that new ones count. */
export interface HttpAccess {
  /** May hold user name and password; never printed. */
  readonly url: string;
  readonly bearerTokenFile?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  /** PEM files. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Optional text. */
const Text: z.ZodExactOptional<z.ZodString> = z.string().min(1).exactOptional();

/** The keys of `HttpAccess` for a strict object. */
export const httpAccessShape: {
  readonly url: z.ZodType<string>;
  readonly headers: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodString>>;
} & Readonly<Record<Exclude<keyof HttpAccess, 'url' | 'headers'>, typeof Text>> = {
  url: z.url({ protocol: /^https?$/ }),
  bearerTokenFile: Text,
  username: Text,
  passwordFile: Text,
  caFile: Text,
  certFile: Text,
  keyFile: Text,
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[^\r\n]*$/)).default({}),
};

/** What of an access contradicts itself; empty when nothing does. */
export function httpAccessProblems(access: Omit<HttpAccess, 'url' | 'headers'>): readonly string[] {
  const { bearerTokenFile, username, passwordFile, certFile, keyFile } = access;
  return [
    ...(bearerTokenFile !== undefined && username !== undefined ? ['give either bearerTokenFile or username'] : []),
    ...((username === undefined) === (passwordFile === undefined) ? [] : ['username and passwordFile go together']),
    ...((certFile === undefined) === (keyFile === undefined) ? [] : ['certFile and keyFile go together']),
  ];
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** A larger answer is given up: the server has a limit of memory. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Proxies refuse longer addresses; what is longer is sent as a form. */
const LONGEST_QUERY = 4_000;

/** Requests to one HTTP server over kept connections. */
export class HttpClient {
  readonly shown: string;
  readonly #access: HttpAccess;
  readonly #readFile: (path: string) => string | undefined;
  readonly #maxBodyBytes: number;
  #open: { readonly key: string; readonly transport: Transport } | undefined;

  /** A larger answer is an error. */
  constructor(
    access: HttpAccess,
    readFile: (path: string) => string | undefined,
    maxBodyBytes: number = MAX_BODY_BYTES,
  ) {
    this.#access = access;
    this.#maxBodyBytes = maxBodyBytes;
    this.#readFile = readFile;
    const { protocol, host, pathname } = new URL(access.url);
    this.shown = `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
  }

  /**
   * Asks for `path` below the URL; a long query goes as a POST form. Raises ML-SOURCE-HTTP when there is no whole answer,
   * the signal's reason when aborted; any status is an answer.
   */
  async ask(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const form = new URLSearchParams(query).toString();
    const long = form.length > LONGEST_QUERY;
    const headers = {
      ...this.#access.headers,
      ...this.#credentials(),
      ...(long ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    };
    try {
      const { open } = this.#transport();
      const answer = await (long
        ? open('POST', path, form, { headers, signal })
        : open('GET', path, undefined, { headers, signal, query }));
      return { status: answer.statusCode ?? 0, text: await this.#body(answer) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LabError) throw error;
      throw new LabError('ML-SOURCE-HTTP', { url: this.shown, reason: describe(error) }, { cause: error });
    }
  }

  close(): void {
    this.#open?.transport.close();
    this.#open = undefined;
  }

  #credentials(): Readonly<Record<string, string>> {
    const { bearerTokenFile, username, passwordFile } = this.#access;
    if (bearerTokenFile !== undefined) return { authorization: `Bearer ${this.#file(bearerTokenFile).trim()}` };
    const url = new URL(this.#access.url);
    const user = username ?? decodeURIComponent(url.username);
    if (user === '') return {};
    const password =
      passwordFile === undefined ? decodeURIComponent(url.password) : this.#file(passwordFile).replace(/\r?\n$/, '');
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  }

  /** One pool of connections, made anew when a certificate has changed. */
  #transport(): Transport {
    const { caFile, certFile, keyFile } = this.#access;
    const [ca, cert, key] = [caFile, certFile, keyFile].map((path) =>
      path === undefined ? undefined : this.#file(path),
    );
    const now = JSON.stringify([ca, cert, key]);
    if (this.#open?.key === now) return this.#open.transport;
    this.close();
    const made = transport({
      server: this.shown,
      context: '',
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
    this.#open = { key: now, transport: made };
    return made;
  }

  async #body(answer: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > this.#maxBodyBytes) {
        answer.destroy();
        const limit = bytesText(this.#maxBodyBytes);
        throw new LabError('ML-SOURCE-HTTP', { url: this.shown, reason: `its answer is larger than ${limit}` });
      }
      chunks.push(bytes);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #file(path: string): string {
    const text = this.#readFile(path);
    if (text === undefined || text.trim() === '')
      throw new LabError('ML-SOURCE-HTTP', { url: this.shown, reason: `there is nothing in ${path}` });
    return text;
  }
}

function bytesText(bytes: number): string {
  const mebi = bytes / 1024 / 1024;
  return Number.isInteger(mebi) ? `${mebi} MiB` : `${bytes} bytes`;
}
