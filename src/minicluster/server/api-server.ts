import { describe } from '../../errors/lab-error.ts';
import { requestInfo } from '../auth/request-info.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import type { Authorizer } from '../auth/authorize.ts';
import { deny } from '../auth/authorize.ts';
import { impersonated } from '../auth/impersonation.ts';
import { ApiFailure, internal, noResource } from '../api/failure.ts';
import { type ResourcePorts, serveResource } from '../api/resource.ts';
import { isPageNotFound, routeOf } from '../api/route.ts';
import { safePath } from './safe-path.ts';
import type { Exchange } from './exchange.ts';

/** Answers a path that is no resource (health, discovery, …) and says whether it did. */
export type PathHandler = (exchange: Exchange) => boolean | Promise<boolean>;

export interface ApiServerPorts {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly paths: readonly PathHandler[];
  readonly resources: ResourcePorts;
  readonly log: (line: string) => void;
}

/** One request from its head to its answer: who, may they, what, do it. Never rejects. */
export async function handle(exchange: Exchange, ports: ApiServerPorts): Promise<void> {
  try {
    await serve(exchange, ports);
  } catch (error) {
    fail(exchange, error, ports.log);
  }
}

async function serve(
  exchange: Exchange,
  { authenticator, authorizer, paths, resources }: ApiServerPorts,
): Promise<void> {
  exchange.user = authenticator.authenticate(exchange);
  const info = requestInfo(exchange.method, exchange.path, exchange.query);
  exchange.user = impersonated(exchange, authorizer, info);
  const verdict = authorizer.authorize(exchange.user, info);
  if (!verdict.allowed) throw deny(exchange.user, info, verdict.reason);
  if (!safePath(exchange.path)) throw noResource();
  for (const path of paths) if (await path(exchange)) return;
  const route = routeOf(exchange.path, resources.registry);
  if (route === undefined) return pageNotFound(exchange);
  await serveResource(exchange, route, resources);
}

function fail(exchange: Exchange, error: unknown, log: (line: string) => void): void {
  if (exchange.response.headersSent) {
    exchange.response.end();
    return;
  }
  if (isPageNotFound(error)) pageNotFound(exchange);
  else if (error instanceof ApiFailure) exchange.fail(error);
  else if (!exchange.request.destroyed || exchange.request.complete) {
    log(`error: ${exchange.method} ${exchange.path}: ${describe(error)}`);
    exchange.fail(internal('internal error'));
  }
}

function pageNotFound(exchange: Exchange): void {
  exchange.send(404, 'text/plain; charset=utf-8', '404 page not found\n', { 'x-content-type-options': 'nosniff' });
}
