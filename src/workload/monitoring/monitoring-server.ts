import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import { describe } from '../../errors/lab-error.ts';
import { bearerOf, isToken } from '../bearer.ts';
import { GROUPINGS, Rates, WINDOW_MS } from './rates.ts';

export interface MonitoringOptions {
  /** Whoever reads must send it as `Authorization: Bearer <token>`. */
  readonly accessToken: string;
  /** Whoever reports must send this one: a pod that reports may not read. */
  readonly reportKey: string;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

const MAX_BODY_BYTES = 16 * 1024;
const name = z.string().min(1).max(253);
const Report = z.strictObject({
  namespace: name,
  pod: name,
  services: z.array(name).max(20),
  instance: z.string().min(1).max(100),
  counters: z
    .record(z.string().regex(/^[a-z][a-z0-9._]{0,99}$/), z.int().min(0))
    .refine((counters) => Object.keys(counters).length <= 20, 'at most 20 counters'),
});

const USAGE = `The monitoring backend of a metrics-lab: rates of what pods count.

POST /api/v1/reports               a pod's totals; "Authorization: Bearer <report key>"
GET  /api/v1/metrics               names; "Authorization: Bearer <access token>", as below
GET  /api/v1/metrics/NAME?by=GROUP per second; GROUP is ${GROUPINGS.join(', ')}
GET  /healthz, /readyz
`;

interface Answer {
  readonly status: number;
  readonly body: object | string;
}

/** A small stand-in for the backend of a monitoring service: takes the totals of pods, answers rates per namespace, Service and pod. */
export function monitoringServer(options: MonitoringOptions): Server {
  const rates = new Rates(options.clock.monotonic());
  return createServer((request, response) => {
    answerTo(request, rates, options).then(
      (answer) => send(request, response, answer),
      (error: unknown) => {
        options.log(`error: ${request.method} ${request.url}: ${describe(error)}`);
        send(request, response, refuse(500, 'it failed; the log says why'));
      },
    );
  });
}

function send({ method }: IncomingMessage, response: ServerResponse, { status, body }: Answer): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  // The rest of a body that was refused is not read: the connection cannot be used again.
  const connection = status >= 400 && method === 'POST' ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': type, ...connection }).end(text);
}

async function answerTo(request: IncomingMessage, rates: Rates, options: MonitoringOptions): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://backend');
  const path = url.pathname;
  if (path === '/healthz' || path === '/readyz') return { status: 200, body: 'ok\n' };
  if (path === '/') return { status: 200, body: USAGE };
  const token = bearerOf(request.headers.authorization) ?? '';
  if (path === '/api/v1/reports') {
    if (request.method !== 'POST') return refuse(405, 'use POST');
    return isToken(token, options.reportKey)
      ? await takeReport(request, rates, options)
      : refuse(401, 'the report key is wrong');
  }
  const [, metric] = /^\/api\/v1\/metrics(?:\/([^/]+))?$/.exec(path) ?? [undefined, null];
  if (metric === null) return refuse(404, 'there is nothing here; GET / says what there is');
  if (request.method !== 'GET') return refuse(405, 'use GET');
  if (!isToken(token, options.accessToken)) return refuse(401, 'the access token is wrong');
  if (metric === undefined) return { status: 200, body: { metrics: rates.metrics } };
  return answerRates(metric, url.searchParams.get('by') ?? 'service', rates, options);
}

function answerRates(metric: string, group: string, rates: Rates, { clock }: MonitoringOptions): Answer {
  const by = GROUPINGS.find((known) => known === group);
  if (by === undefined) return refuse(400, `by is one of ${GROUPINGS.join(', ')}`);
  const now = clock.monotonic();
  const found = rates.rates(metric, by, now);
  if (found === undefined) return refuse(503, 'the backend has just started and has not seen enough yet');
  if (!rates.metrics.includes(metric)) return refuse(404, `no pod counts ${metric}`);
  const timestamp = new Date(clock.now() - (now - found.at)).toISOString();
  const data = found.values.map(({ namespace, name: named, value }) => ({
    namespace,
    ...(by === 'namespace' ? {} : { [by]: named }),
    value: Math.round(value * 1000) / 1000,
    timestamp,
  }));
  return { status: 200, body: { metric, by, unit: '1/s', windowSeconds: WINDOW_MS / 1000, data } };
}

async function takeReport(request: IncomingMessage, rates: Rates, { clock, log }: MonitoringOptions): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > MAX_BODY_BYTES) return refuse(413, `a report is at most ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  const report = Report.safeParse(parsed(Buffer.concat(chunks).toString('utf8')));
  if (!report.success) return refuse(400, z.prettifyError(report.error).replaceAll('\n', '; '));
  if (rates.add(report.data, clock.monotonic())) return { status: 200, body: { taken: true } };
  log('error: a report was refused: there are too many pods');
  return refuse(429, 'there are too many pods');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function refuse(status: number, error: string): Answer {
  return { status, body: { error } };
}
