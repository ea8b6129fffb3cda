import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../contracts/clock.ts';
import { hostCheck } from '../producer-server.ts';

export interface WebOptions {
  /** The pod's name, in every answer. */
  readonly pod: string;
  /** How long one request is worked on. */
  readonly serviceTimeMs: number;
  /** Share of requests that are answered with 500. */
  readonly failureRate: number;
  readonly random: () => number;
  /** Names of the Service, as a client may send them in the Host header. */
  readonly hosts: readonly string[];
  readonly ready: () => boolean;
  readonly clock: Clock;
}

export interface WebTarget {
  readonly server: Server;
  /** Requests that have come in since the start; questions for health and metrics do not count. */
  readonly requests: () => number;
}

/** More wait in nobody's interest: a client that sees 503 knows where it is. */
const MOST_WAITING = 1_000;
const EXPOSITION = 'text/plain; version=0.0.4; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

/**
 * A web application to be scaled: works on one request at a time, so that a pod has a limit (1 / service time) and more pods take
 * more. Counts every request when it comes in. `/healthz`, `/readyz` and `/metrics` are answered at once.
 */
export function webTarget(options: WebOptions): WebTarget {
  const counts = { requests: 0, failed: 0, refused: 0 };
  const isAllowedHost = hostCheck(options.hosts);
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  const work = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    counts.requests += 1;
    if (waiting >= MOST_WAITING) {
      counts.refused += 1;
      return end(response, 503, 'too many requests wait here\n');
    }
    waiting += 1;
    const turn = last.then(() =>
      request.destroyed && !request.complete ? undefined : options.clock.sleep(options.serviceTimeMs),
    );
    last = turn;
    await turn;
    waiting -= 1;
    if (options.random() >= options.failureRate) return end(response, 200, `${options.pod} ${counts.requests}\n`);
    counts.failed += 1;
    end(response, 500, 'failed, as it was told to\n');
  };
  const server = createServer((request, response) => {
    request.resume();
    const path = request.url?.split('?', 1)[0];
    if (path === '/healthz') return end(response, 200, 'ok\n');
    if (path === '/readyz') return options.ready() ? end(response, 200, 'ok\n') : end(response, 503, 'not ready\n');
    if (!isAllowedHost(request.headers.host)) return end(response, 403, 'this host name is not served here\n');
    if (path === '/metrics') return end(response, 200, exposition(counts), EXPOSITION);
    // Nothing in it rejects: the clock's sleep has no signal.
    void work(request, response);
  });
  return { server, requests: () => counts.requests };
}

function end(response: ServerResponse, status: number, text: string, type = TEXT): void {
  response.writeHead(status, { 'content-type': type }).end(text);
}

function exposition(counts: { readonly requests: number; readonly failed: number; readonly refused: number }): string {
  const families = [
    ['web_requests_total', 'Requests that have come in', counts.requests],
    ['web_failed_total', 'Requests answered with 500, as the failure rate says', counts.failed],
    ['web_refused_total', 'Requests refused because too many waited', counts.refused],
  ] as const;
  return families
    .map(([name, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} ${value}\n`)
    .join('');
}
