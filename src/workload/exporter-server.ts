import { createServer, type Server } from 'node:http';
import type { Ledger } from '../contracts/queue.ts';
import { describe } from '../errors/lab-error.ts';
import { bearerOf, isToken } from './bearer.ts';

export interface ExporterOptions {
  readonly queue: string;
  readonly kind: string;
  readonly ledger: () => Promise<Ledger>;
  /** Whoever scrapes must send it as `Authorization: Bearer <token>`. */
  readonly token: string;
  readonly ready: () => boolean;
  readonly log: (line: string) => void;
}

const TEXT = 'text/plain; charset=utf-8';
const EXPOSITION = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * `GET /metrics`: the queue's numbers at this moment; 503 while the queue does not answer, so that the scrape fails and the series
 * end instead of going on with an old number. `/healthz`, `/readyz` as everywhere.
 */
export function exporterServer(options: ExporterOptions): Server {
  return createServer((request, response) => {
    const end = (status: number, text: string, type = TEXT) =>
      response.writeHead(status, { 'content-type': type }).end(text);
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, 'use GET\n');
    if (path === '/healthz') return end(200, 'ok\n');
    if (path === '/readyz') return options.ready() ? end(200, 'ok\n') : end(503, 'not ready\n');
    if (path !== '/metrics') return end(404, 'there is /metrics here\n');
    if (!isToken(bearerOf(request.headers.authorization) ?? '', options.token))
      return end(401, 'send the header "Authorization: Bearer <token>"\n');
    return void options.ledger().then(
      (ledger) => end(200, exposition(ledger, options), EXPOSITION),
      (error: unknown) => {
        options.log(`error: ${describe(error)}`);
        end(503, `${describe(error)}\n`);
      },
    );
  });
}

type Family = readonly [name: string, type: 'gauge' | 'counter', help: string, value: number];

/** A ledger in Prometheus' text format (version 0.0.4). */
export function exposition(ledger: Ledger, { queue, kind }: Pick<ExporterOptions, 'queue' | 'kind'>): string {
  const { published, processed, waiting, inFlight, dead, duplicates, lost } = ledger;
  const families: readonly Family[] = [
    ['queue_length', 'gauge', 'Items that wait or are worked on', waiting + inFlight],
    ['queue_waiting', 'gauge', 'Items that nobody has taken', waiting],
    ['queue_in_flight', 'gauge', 'Items in the hands of consumers', inFlight],
    ['queue_dead', 'gauge', 'Items that failed too often', dead],
    ['queue_lost', 'gauge', 'Published items that are nowhere', lost],
    ['queue_published_total', 'counter', 'Items put into the queue by producers', published],
    ['queue_processed_total', 'counter', 'Items that consumers have finished', processed],
    ['queue_duplicates_total', 'counter', 'Items finished more than once', duplicates],
  ];
  const labels = `{queue="${escaped(queue)}",kind="${escaped(kind)}"}`;
  return families
    .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}${labels} ${value}\n`)
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
