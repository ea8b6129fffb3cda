import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { describe } from '../../errors/lab-error.ts';
import { requestAttributes } from '../../kube/aggregated-auth/request-attributes.ts';
import { aggregatedTlsOptions } from '../../kube/aggregated-auth/tls-options.ts';
import type { DelegatedAuth } from '../../kube/aggregated-auth/types.ts';
import { failure, internalError } from '../../kube/failure.ts';
import { type MetricsView, metricsAnswer } from './resource-metrics.ts';

export interface MetricsApiOptions {
  /** PEM. */
  readonly serving: { readonly cert: string; readonly key: string };
  readonly auth: DelegatedAuth;
  readonly view: MetricsView;
  readonly log: (line: string) => void;
}

const HEALTH: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);

/** The aggregated API server for metrics.k8s.io. Health is open, the rest is for whom the cluster lets in. */
export function metricsApiServer(options: MetricsApiOptions): Server {
  return createServer(aggregatedTlsOptions(options.serving), (request, response) => {
    void serve(options, request, response).catch((error: unknown) => {
      options.log(`metrics.k8s.io ${request.url}: ${describe(error)}`);
      if (!response.headersSent) sendJson(response, 500, internalError('the request could not be answered'));
    });
  });
}

async function serve(options: MetricsApiOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { auth, view } = options;
  const url = new URL(request.url ?? '/', 'https://metrics');
  const path = decoded(url.pathname);
  if (path === undefined) return sendJson(response, 400, failure(400, 'invalid path', { reason: 'BadRequest' }));
  if (HEALTH.has(path)) {
    const ready = path !== '/readyz' || auth.notReady === undefined;
    response.writeHead(ready ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(ready ? 'ok' : auth.notReady);
    return;
  }
  const method = request.method ?? 'GET';
  const admission = await auth.admit(request, requestAttributes(method, path, url.searchParams));
  if (!admission.ok) return sendJson(response, admission.status.code, admission.status);
  if (method !== 'GET' && method !== 'HEAD') {
    const text = 'the server does not allow this method on the requested resource';
    return sendJson(response, 405, failure(405, text, { reason: 'MethodNotAllowed' }));
  }
  const table = (request.headers.accept ?? '').split(',')[0]?.includes('as=Table') === true;
  const { status, body } = metricsAnswer(view, path, url.searchParams, table);
  sendJson(response, status, body);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
