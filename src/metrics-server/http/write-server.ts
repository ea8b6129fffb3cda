import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { describe, LabError } from '../../errors/lab-error.ts';
import type { MemoryMetrics } from '../memory/memory-metrics.ts';
import { labelsOf } from '../memory/labels-parameter.ts';
import { quantityBody } from '../memory/quantity-body.ts';
import { type WriteTarget, writeTarget } from '../memory/write-target.ts';
import type { ObjectDirectory } from '../objects/directory.ts';

export interface WritePorts {
  /** Who writes must send it as `Authorization: Bearer <token>`. */
  readonly token: string;
  readonly memory: MemoryMetrics;
  readonly objects: ObjectDirectory;
  /** Told of a fault of ours. */
  readonly onError: (error: LabError) => void;
}

interface Reply {
  readonly status: number;
  /** Empty = no body at all. */
  readonly text: string;
}

// An import of node:http reads all its exports, WebSocket with them: that loads undici, 3.5 MB in a server that needs it for nothing.
const { createServer } = createRequire(import.meta.url)('node:http') as typeof import('node:http');

const MAX_BODY_BYTES = 64 * 1024;
const WRITTEN: Reply = { status: 200, text: '' };

/**
 * The write endpoints of upstream's test adapter (test-adapter/provider/provider.go webService), with a token:
 * `POST /write-metrics/...` with a quantity as JSON. It does not listen yet.
 */
export function writeServer(ports: WritePorts): Server {
  const expected = digest(ports.token);
  const server = createServer((request, response) => {
    void reply(request, response, ports, expected);
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  return server;
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  ports: WritePorts,
  expected: Buffer,
): Promise<void> {
  let answer: Reply;
  try {
    answer = isAllowed(request, expected)
      ? await write(request, ports)
      : { status: 401, text: 'a valid token is needed' };
  } catch (error) {
    const full = error instanceof LabError && error.id === 'ML-METRIC-MEMORY-FULL';
    if (!full)
      ports.onError(
        error instanceof LabError ? error : new LabError('ML-INTERNAL', { text: describe(error) }, { cause: error }),
      );
    answer = { status: full ? 507 : 500, text: describe(error) };
  }
  const type = answer.text === '' ? {} : { 'content-type': 'text/plain; charset=utf-8' };
  // What is left of a body that nobody read would be taken for the next request.
  const close = request.complete ? {} : { connection: 'close' };
  response.writeHead(answer.status, { ...type, ...close, 'content-length': Buffer.byteLength(answer.text) });
  response.end(answer.text);
}

function isAllowed(request: IncomingMessage, expected: Buffer): boolean {
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && timingSafeEqual(digest(token), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

async function write(request: IncomingMessage, ports: WritePorts): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const target = writeTarget(url.pathname);
  if (target === undefined) return { status: 404, text: '404: Page Not Found' };
  if (request.method !== 'POST') return { status: 405, text: '405: Method Not Allowed' };
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return { status: 400, text: 'the Content-Type must be application/json' };
  const body = await readBody(request);
  if (body === undefined) return { status: 413, text: `the body is longer than ${MAX_BODY_BYTES} bytes` };
  const value = quantityBody(body);
  if ('problem' in value) return { status: 400, text: value.problem };
  const labels = labelsOf(url.searchParams.get('labels') ?? '');
  if (typeof labels === 'string') return { status: 400, text: labels };
  return await store(target, { value: value.quantity, labels }, ports);
}

async function store(
  target: WriteTarget,
  what: { readonly value: string; readonly labels: Readonly<Record<string, string>> },
  { memory, objects }: WritePorts,
): Promise<Reply> {
  const { metric, namespace } = target;
  if (target.kind === 'external') {
    memory.writeExternal({ metric, namespace, ...what });
    return WRITTEN;
  }
  const resource = await objects.resolve(target.resource);
  if (resource === undefined) return { status: 404, text: `the cluster has no resource "${target.resource}"` };
  if (resource.namespaced !== (namespace !== undefined)) {
    const place = resource.namespaced ? 'namespaces/{namespace}/' : '';
    return {
      status: 400,
      text: `${resource.resource} are written as /write-metrics/${place}${target.resource}/{name}/{metric}`,
    };
  }
  memory.writeCustom({ resource, namespace, name: target.name, metric, ...what });
  return WRITTEN;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
