import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { QueueDriver } from '../contracts/queue.ts';
import { asLabError, type LabError } from '../errors/lab-error.ts';
import { bearerOf, isToken } from './bearer.ts';
import { parseItemCount } from './item-count.ts';
import type { ItemLedger } from './queues/item-ledger.ts';
import { parseItemId } from './queues/ledger-tally.ts';

export interface ProducerOptions {
  readonly queue: QueueDriver;
  /** Kept here for consumers that share no file with us. */
  readonly ledger?: ItemLedger;
  /** Whoever publishes must send it as `Authorization: Bearer <token>`, or in TOKEN_HEADER. */
  readonly token: string;
  readonly ready: () => boolean;
  /** Judges the Host header: a web page must not reach a local server under a name of its own (DNS rebinding). */
  readonly isAllowedHost: (host: string | undefined) => boolean;
  readonly stop: AbortSignal;
  readonly log: (line: string) => void;
}

/** For callers behind the API server's proxy, which keeps `Authorization` for itself. */
export const TOKEN_HEADER = 'x-metrics-lab-token';

/** A payload is a short text; beanstalkd's own limit is 64 KiB with everything around it. */
const MAX_BODY_BYTES = 32_768;

const USAGE = `The producer of a metrics-lab.

POST /publish      put one item into the queue
POST /publish/N    put N items into the queue
  Header "Authorization: Bearer <token>" is required. A request body becomes the payload of every item.
  Answer: {"published": N, "waiting": items waiting now}
GET  /ledger       what became of all items, with the same header
GET  /healthz      200 while the program runs
GET  /readyz       200 when the queue answers
`;

const LEDGER_LINE = /^[apd] [^\n]{1,400}$/;

interface Answer {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The producer's HTTP server. Errors are answered as `{"error": {id, title, why}}`. */
export function producerServer(options: ProducerOptions): Server {
  return createServer((request, response) => {
    answerTo(request, options).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        const fault = asLabError(error);
        options.log(`error: ${request.method} ${request.url}: ${fault.message} (${fault.why})`);
        send(response, problem(fault.exitCode === 2 ? 400 : 503, fault));
      },
    );
  });
}

async function answerTo(request: IncomingMessage, options: ProducerOptions): Promise<Answer> {
  if (!options.isAllowedHost(request.headers.host)) return refuse(403, 'this host name is not served here');
  const path = request.url?.split('?', 1)[0] ?? '/';
  const [, count] = /^\/publish(?:\/([^/]*))?$/.exec(path) ?? [undefined, null];
  if (count !== null) return await publish(request, count, options);
  if (path === '/') return { status: 200, body: USAGE };
  if (path.startsWith('/ledger/') || (path === '/ledger' && request.method === 'POST')) {
    return await itemLedger(request, path, options);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'use GET here', { allow: 'GET, HEAD' });
  if (path === '/ledger') {
    return isAllowed(request, options) ? { status: 200, body: await options.queue.ledger() } : UNAUTHORIZED;
  }
  if (path === '/healthz') return { status: 200, body: 'ok\n' };
  if (path === '/readyz') return options.ready() ? { status: 200, body: 'ok\n' } : { status: 503, body: 'not ready\n' };
  return refuse(404, 'there is nothing here; GET / says what there is');
}

/** What consumers note, line by line; see LedgerFile. */
async function itemLedger(request: IncomingMessage, path: string, options: ProducerOptions): Promise<Answer> {
  const { ledger } = options;
  if (ledger === undefined) return refuse(404, 'this queue needs no ledger of items');
  if (!isAllowed(request, options)) return UNAUTHORIZED;
  if (request.method === 'POST') {
    const line = await readBody(request);
    if (line === undefined || !LEDGER_LINE.test(line)) return refuse(400, 'this is no line of a ledger');
    await ledger.note(line);
    return { status: 200, body: { kept: true } };
  }
  if (path === '/ledger/counts') return { status: 200, body: await ledger.counts() };
  const item = parseItemId(/^\/ledger\/acked\/(.+)$/.exec(path)?.[1] ?? '');
  if (item === undefined) return refuse(404, 'ask for /ledger/counts or /ledger/acked/<item>');
  return { status: 200, body: { acked: await ledger.isAcked(item) } };
}

async function publish(request: IncomingMessage, count: string | undefined, options: ProducerOptions): Promise<Answer> {
  const { queue, stop, log } = options;
  if (request.method !== 'POST') return refuse(405, 'use POST to publish', { allow: 'POST' });
  if (!isAllowed(request, options)) return UNAUTHORIZED;
  const number = parseItemCount(count ?? '1');
  const payload = await readBody(request);
  if (payload === undefined) return refuse(413, `the payload is longer than ${MAX_BODY_BYTES} bytes`);
  const published = await queue.publish(number, { signal: stop, ...(payload === '' ? {} : { payload }) });
  const { waiting } = await queue.ledger();
  log(`published ${published} items, ${waiting} waiting`);
  // Fewer only when the program is told to stop in the middle.
  return { status: published === number ? 200 : 503, body: { published, waiting } };
}

/**
 * Whether a Host header names this machine's loopback, an IP address, the pod, or the Service: names that an attacker cannot
 * point somewhere. `names` are the ones allowed besides.
 */
export function hostCheck(names: readonly string[]): (host: string | undefined) => boolean {
  const allowed = new Set(['localhost', ...names].map((name) => name.toLowerCase()));
  return (host) => {
    const name = /^(\[[0-9a-fA-F:.]+\]|[^:]+)(?::\d{1,5})?$/.exec(host ?? '')?.[1]?.toLowerCase();
    return name !== undefined && (allowed.has(name) || UNFORGEABLE.some((pattern) => pattern.test(name)));
  };
}

/** Addresses, and names of Services, which no public DNS server answers for. */
const UNFORGEABLE = [/^\[/, /^\d{1,3}(\.\d{1,3}){3}$/, /\.svc(\.cluster\.local)?$/];

function isAllowed({ headers }: IncomingMessage, { token }: ProducerOptions): boolean {
  const other = headers[TOKEN_HEADER];
  return isToken(bearerOf(headers.authorization) ?? (typeof other === 'string' ? other : ''), token);
}

/** The body as text; undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuse(status: number, why: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: { error: { title: why } }, headers };
}

const UNAUTHORIZED: Answer = refuse(401, 'send the header "Authorization: Bearer <token>"', {
  'www-authenticate': 'Bearer',
});

function problem(status: number, { id, message, why }: LabError): Answer {
  return { status, body: { error: { id, title: message, why } } };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  // The rest of a body that was refused is not read: the connection cannot be used again.
  const connection = status === 413 || status === 401 ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': type, ...connection, ...headers }).end(text);
}
