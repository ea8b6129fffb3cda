import { Agent as HttpAgent } from 'node:http';
import type { IncomingMessage, RequestOptions as NodeRequestOptions } from 'node:http';
import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { z } from 'zod';
import type { KubeClient, KubeResponse, PatchType, RequestOptions, WatchEvent } from '../contracts/kube-client.ts';
import { describe, LabError } from '../errors/lab-error.ts';
import type { ClusterAccess } from './kubeconfig.ts';

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};
/** More than the API server itself ever sends in one answer that the lab asks for. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;
const Status = z.object({ reason: z.string().optional(), message: z.string().optional() });
const Event = z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']), object: z.unknown() });

/** A client with one keep-alive connection pool. Raises ML-KUBE-UNREACHABLE and ML-KUBE-STATUS as the contract says. */
export function kubeClient(access: ClusterAccess): KubeClient {
  const server = new URL(access.server);
  const secure = server.protocol === 'https:';
  const agent = secure
    ? new Agent({
        keepAlive: true,
        minVersion: 'TLSv1.2',
        ca: access.ca,
        cert: access.cert,
        key: access.key,
        rejectUnauthorized: access.insecureSkipTlsVerify !== true,
      })
    : new HttpAgent({ keepAlive: true });

  const open = (method: string, path: string, body: unknown, options: RequestOptions): Promise<IncomingMessage> => {
    const url = new URL(server.pathname.replace(/\/$/, '') + path, server);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const payload =
      body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const request: NodeRequestOptions = {
      method,
      agent,
      headers: {
        accept: 'application/json',
        'user-agent': 'metrics-lab',
        ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length }),
        ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }),
        ...options.headers,
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    return new Promise((resolve, reject) => {
      const sent = (secure ? httpsRequest : httpRequest)(url, request, resolve);
      sent.once('error', reject);
      sent.end(payload);
    });
  };

  const unreachable = (error: unknown, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    return new LabError('ML-KUBE-UNREACHABLE', { server: access.server, reason: describe(error) }, { cause: error });
  };

  const request: KubeClient['request'] = async (method, path, body, options = {}) => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    try {
      const answer = await open(method, path, body, { ...options, signal });
      const text = (await readAll(answer)).toString('utf8');
      return { status: answer.statusCode ?? 0, headers: flatHeaders(answer), text };
    } catch (error) {
      throw unreachable(error, options.signal);
    }
  };

  const json: KubeClient['json'] = async (method, path, body, options) => {
    const answer = await request(method, path, body, options);
    if (answer.status < 200 || answer.status > 299) throw statusError(method, path, answer);
    return parseJson(path, answer.text);
  };

  async function* stream(path: string, options: RequestOptions & { signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    try {
      const answer = await open('GET', path, undefined, options);
      if (answer.statusCode === undefined || answer.statusCode > 299) {
        const text = (await readAll(answer)).toString('utf8');
        throw statusError('GET', path, { status: answer.statusCode ?? 0, headers: {}, text });
      }
      for await (const chunk of answer) yield chunk as Uint8Array;
    } catch (error) {
      if (options.signal.aborted) return;
      throw error instanceof LabError ? error : unreachable(error);
    }
  }

  return {
    server: access.server,
    request,
    json,
    stream,
    find: async (path, options) => {
      const answer = await request('GET', path, undefined, options);
      if (answer.status === 404) return undefined;
      if (answer.status > 299) throw statusError('GET', path, answer);
      return parseJson(path, answer.text);
    },
    patch: (path, type, body, options = {}) =>
      json('PATCH', path, body, { ...options, headers: { ...options.headers, 'content-type': PATCH_TYPES[type] } }),
    watch: async function* (path, options) {
      const query = { ...options.query, watch: true, allowWatchBookmarks: true };
      for await (const line of lines(stream(path, { ...options, query }))) yield parseEvent(path, line);
    },
    close: () => agent.destroy(),
  };
}

/** ML-KUBE-STATUS for an answer that is not 2xx; the Status object's own reason and message when it sent one. */
export function statusError(method: string, path: string, answer: KubeResponse): LabError {
  let status: z.infer<typeof Status> = {};
  try {
    status = Status.safeParse(JSON.parse(answer.text)).data ?? {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const message = status.message ?? (answer.text.trim().slice(0, 300) || 'the answer has no text');
  return new LabError('ML-KUBE-STATUS', { method, path, code: answer.status, reason: status.reason ?? '', message });
}

/** Whether an error is the API server's answer with this HTTP status. */
export function isStatus(error: unknown, code: number): boolean {
  return error instanceof LabError && error.id === 'ML-KUBE-STATUS' && error.params['code'] === code;
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new RangeError(`the answer is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function flatHeaders(answer: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new LabError('ML-KUBE-SHAPE', { path, reason: describe(error) }, { cause: error });
  }
}

function parseEvent(path: string, line: string): WatchEvent {
  const parsed = Event.safeParse(parseJson(path, line));
  if (!parsed.success) throw new LabError('ML-KUBE-SHAPE', { path, reason: z.prettifyError(parsed.error) });
  return { type: parsed.data.type, object: parsed.data.object };
}

async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line !== '') yield line;
  }
}
