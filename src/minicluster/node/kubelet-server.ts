import { constants } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { TLSSocket } from 'node:tls';
import { describe } from '../../errors/lab-error.ts';
import type { DelegatedAuth } from '../../kube/aggregated-auth/types.ts';
import { readContainerLog } from './log-reader.ts';
import { USAGE_PATH } from './peer-usage.ts';
import { parseLogQuery } from './log-query.ts';
import type { NodeAgent } from './node-agent.ts';
import type { PodWorker } from './pod-worker.ts';

export interface KubeletServerOptions {
  readonly agent: NodeAgent;
  /** PEM. */
  readonly serving: { readonly cert: string; readonly key: string };
  readonly clientCa: string;
  readonly nodeName: string;
  /** Whether a client may use the kubelet API: `get nodes/proxy`, as the kubelet asks. */
  readonly auth: Pick<DelegatedAuth, 'authorize'>;
  /** Prometheus text of `/metrics/resource`. */
  readonly resourceMetrics: () => string;
  /** JSON of `/metricslab/usage`, for the first node. */
  readonly usage: () => string;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The kubelet's HTTPS API as far as kube-apiserver needs it. Only for clients with a certificate of `clientCa`. */
export function kubeletServer(options: KubeletServerOptions): Server {
  const { serving, clientCa, log } = options;
  return createServer(
    {
      ...serving,
      ca: clientCa,
      minVersion: 'TLSv1.2',
      requestCert: true,
      // Judged per request, so that the refusal is a 401 and not a broken connection.
      rejectUnauthorized: false,
      secureOptions: constants.SSL_OP_NO_TICKET,
    },
    (request, response) => {
      void serve(options, request, response).catch((error: unknown) => {
        log(`${request.method} ${request.url}: ${describe(error)}`);
        if (response.headersSent) response.destroy();
        else send(response, { status: 500, text: 'internal error' });
      });
    },
  );
}

async function serve(options: KubeletServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!(request.socket instanceof TLSSocket) || !request.socket.authorized) {
    return send(response, { status: 401, text: 'Unauthorized' });
  }
  const url = new URL(request.url ?? '/', 'https://kubelet');
  const parts = pathParts(url.pathname);
  if (parts === undefined) return send(response, { status: 400, text: 'invalid path' });
  const [root = '', ...rest] = parts;
  // Health tells nothing: any certificate of the cluster will do.
  if (url.pathname === '/healthz') return send(response, { status: 200, text: 'ok' });
  const refused = await whyForbidden(options, request.socket);
  if (refused !== undefined) return send(response, refused);
  if (UNSUPPORTED.has(root)) return send(response, { status: 501, text: `the process node does not support ${root}` });
  if (request.method !== 'GET') return send(response, { status: 405, text: `${request.method} is not supported` });
  if (url.pathname === '/metrics/resource') return send(response, { status: 200, text: options.resourceMetrics() });
  if (url.pathname === USAGE_PATH) return send(response, { status: 200, text: options.usage() });
  if (root === 'containerLogs' && rest.length === 3) return sendLog(options, rest, url.searchParams, response);
  return send(response, { status: 404, text: '404 page not found' });
}

/** What a kubelet with containers does, and kubectl asks for. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['exec', 'attach', 'portForward', 'run', 'checkpoint']);

function pathParts(path: string): readonly string[] | undefined {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

async function whyForbidden({ auth, nodeName }: KubeletServerOptions, socket: TLSSocket): Promise<Answer | undefined> {
  const { CN, O } = socket.getPeerCertificate().subject;
  const user = { name: [CN].flat().join(','), groups: [O ?? []].flat(), extra: {} };
  const resource = { resource: 'nodes', subresource: 'proxy', name: nodeName };
  const verdict = await auth.authorize(user, { kind: 'resource', verb: 'get', group: '', version: 'v1', ...resource });
  return verdict.ok ? undefined : { status: verdict.status.code, text: verdict.status.message };
}

async function sendLog(
  options: KubeletServerOptions,
  [namespace = '', pod = '', container = '']: readonly string[],
  params: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const query = parseLogQuery(params, options.now());
  if ('problem' in query) return send(response, { status: 422, text: query.problem });
  const worker = options.agent.worker(namespace, pod);
  if (worker === undefined) return send(response, { status: 404, text: `pod "${pod}" not found` });
  const refusal = whyNoLog(worker, container, query.previous);
  if (refusal !== undefined) return send(response, refusal);
  // While a restart is waited for, the newest log is the previous container's.
  const waits = worker.runners.some(({ view }) => view.name === container && view.state.kind === 'waiting');
  const log = options.agent.logs.find(worker.pod(), container, query.previous && !waits);
  if (log === undefined)
    return send(response, { status: 404, text: `there is no log of container "${container}" yet` });
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  for await (const piece of readContainerLog(log, query, gone.signal)) {
    if (!response.write(piece)) await drained(response, gone.signal);
  }
  response.end();
}

/** In the kubelet's words (pkg/kubelet/kubelet_pods.go validateContainerLogStatus). */
function whyNoLog(worker: PodWorker, container: string, previous: boolean): Answer | undefined {
  const { name } = worker.pod().metadata;
  const view = worker.runners.find((runner) => runner.view.name === container)?.view;
  if (view === undefined) return { status: 400, text: `container "${container}" in pod "${name}" is not available` };
  if (previous && view.last === undefined) {
    return { status: 400, text: `previous terminated container "${container}" in pod "${name}" not found` };
  }
  if (view.state.kind === 'waiting' && view.last === undefined) {
    const { reason } = view.state;
    const text = `container "${container}" in pod "${name}" is waiting to start: ${reason}`;
    return { status: 400, text };
  }
  return undefined;
}

function send(response: ServerResponse, { status, text }: Answer): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
