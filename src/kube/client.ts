import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { KubeClient, KubeResponse, PatchType, RequestOptions, WatchEvent } from '../contracts/kube-client.ts';
import { describe, LabError } from '../errors/lab-error.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { readBody, transport } from './transport.ts';

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};
const Status = z.object({ reason: z.string().optional(), message: z.string().optional() });
const Event = z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']), object: z.unknown() });

/** A client with one keep-alive connection pool. Raises ML-KUBE-UNREACHABLE and ML-KUBE-STATUS as the contract says, ML-KUBE-SHAPE for an answer beyond all bounds. */
export function kubeClient(access: ClusterAccess): KubeClient {
  const { open, close } = transport(access);

  const unreachable = (error: unknown, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    return new LabError('ML-KUBE-UNREACHABLE', { server: access.server, reason: describe(error) }, { cause: error });
  };

  const request: KubeClient['request'] = async (method, path, body, options = {}) => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    try {
      const answer = await open(method, path, body, { ...options, signal });
      const text = await readBody(path, answer);
      return { status: answer.statusCode ?? 0, headers: flatHeaders(answer), text };
    } catch (error) {
      throw error instanceof LabError ? error : unreachable(error, options.signal);
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
        const text = await readBody(path, answer);
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
    close,
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
