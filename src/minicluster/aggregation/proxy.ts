import type { OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import type { PathHandler } from '../server/api-server.ts';
import type { Exchange } from '../server/exchange.ts';
import { type Connections, userHeaders } from './connection.ts';
import { type Remote, resolve, type ServiceLookup } from './target.ts';

export interface ProxyPorts {
  /** The APIService of a group version that somebody else serves. */
  readonly remote: (group: string, version: string) => Remote | undefined;
  readonly lookup: ServiceLookup;
  readonly connections: Connections;
}

/** Not passed on: who asks is said anew, and HTTP's own of this one connection (httputil.ReverseProxy). */
const DROPPED =
  /^(x-remote-.*|authorization|impersonate-.*|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|http2-settings|:.*)$/;
const DROPPED_ANSWER = /^(connection|keep-alive|transfer-encoding|upgrade|proxy-.*|trailer)$/;

/** /apis/<group>/<version> and everything below it, of groups that an APIService gives to another server. */
export function aggregation(ports: ProxyPorts): PathHandler {
  return async (exchange) => {
    const [, top, group = '', version = ''] = exchange.path.split('/');
    if (top !== 'apis' || version === '') return false;
    const remote = ports.remote(group, version);
    if (remote === undefined) return false;
    const target = resolve(remote, ports.lookup);
    if (!remote.available || 'reason' in target) unavailable(exchange, 'service unavailable');
    else await passOn(exchange, remote, target, ports.connections);
    return true;
  };
}

function unavailable(exchange: Exchange, why: string): void {
  exchange.send(503, 'text/plain; charset=utf-8', `${why}\n`, { 'x-content-type-options': 'nosniff' });
}

function passOn(
  exchange: Exchange,
  remote: Remote,
  { host, port }: { readonly host: string; readonly port: number },
  connections: Connections,
): Promise<void> {
  const { service } = remote;
  const headers: OutgoingHttpHeaders = {
    ...Object.fromEntries(Object.entries(exchange.headers).filter(([name]) => !DROPPED.test(name))),
    ...(userHeaders(exchange.user) as OutgoingHttpHeaders),
    host: `${service.name}.${service.namespace}.svc:${service.port}`,
    'x-forwarded-uri': exchange.request.url ?? '/',
  };
  const options = {
    agent: connections.agentFor(remote),
    host,
    port,
    method: exchange.method,
    path: exchange.request.url,
    headers,
  };
  return new Promise((done) => {
    const upstream = request(options, (answer) => {
      exchange.head(answer.statusCode ?? 502, undefined);
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined && !DROPPED_ANSWER.test(name)) exchange.response.setHeader(name, value);
      }
      answer.pipe(exchange.response);
      answer.once('end', done);
      answer.once('error', () => {
        exchange.response.end();
        done();
      });
    });
    upstream.once('error', (error) => {
      if (!exchange.response.headersSent) unavailable(exchange, `error trying to reach service: ${error.message}`);
      done();
    });
    exchange.response.once('close', () => {
      upstream.destroy();
      done();
    });
    exchange.request.pipe(upstream);
  });
}
