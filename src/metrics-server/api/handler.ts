import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../contracts/clock.ts';
import type { MetricFault } from '../../contracts/metrics-admin.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { requestAttributes } from '../../kube/aggregated-auth/request-attributes.ts';
import type { DelegatedAuth } from '../../kube/aggregated-auth/types.ts';
import { failure, unavailable } from '../../kube/failure.ts';
import { type Admin, answerAdmin } from '../admin/admin-api.ts';
import { faultyCustom, faultyExternal } from '../admin/faulty.ts';
import type { ObjectDirectory } from '../objects/directory.ts';
import type { CustomMetricsProvider, ExternalMetricsProvider } from '../provider.ts';
import {
  type Answer,
  badRequest,
  failureAnswer,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  notAcceptable,
  textAnswer,
} from './answer.ts';
import { CUSTOM_GROUP, EXTERNAL_GROUP } from './groups.ts';
import { answerCustom, BodyCache } from './custom.ts';
import { answerDocument } from './documents.ts';
import { answerExternal } from './external.ts';
import { type Route, routeOf } from './route.ts';

export interface ApiPorts {
  readonly auth: DelegatedAuth;
  readonly clock: Clock;
  readonly external: ExternalMetricsProvider | undefined;
  readonly custom: { readonly provider: CustomMetricsProvider; readonly objects: ObjectDirectory } | undefined;
  /** Faults on demand, query log and report; the library has none. */
  readonly admin: Admin | undefined;
  /** Text of `/metrics`. */
  readonly ownMetrics: () => string;
  /** Told of every request when it was answered. */
  readonly onAnswer: (seen: Answered) => void;
}

export interface Answered {
  readonly target: Route | undefined;
  readonly status: number;
  /** Milliseconds from the last header to the answer. */
  readonly ms: number;
  readonly user: string | undefined;
  readonly url: string;
  readonly body: string | Buffer;
  /** A fault on demand had its way. */
  readonly faulty: boolean;
  /** Why it is no good answer, when the fault is not the client's. */
  readonly fault: LabError | undefined;
}

const BAD_PAIR = /;|%(?![0-9a-fA-F]{2})/;
const NO_QUERY = new URLSearchParams();
const GET_ONLY: ReadonlySet<Route['kind']> = new Set([
  'external',
  'custom',
  'groups',
  'group',
  'resources',
  'openapi-v2',
  'openapi-v3',
  'openapi-v3-group',
]);
const COMMON_HEADERS = ['Cache-Control', 'no-cache, private'] as const;
/** Upstream sends it with errors only. */
const NO_SNIFF = ['X-Content-Type-Options', 'nosniff'] as const;
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Answers the requests of one server: who is it, may they, what do they want (in this order, as upstream). Never rejects. */
export function apiHandler(ports: ApiPorts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const served = new Set([
    ...(ports.custom === undefined ? [] : [CUSTOM_GROUP]),
    ...(ports.external === undefined ? [] : [EXTERNAL_GROUP]),
  ]);
  const context: Context = { ports, served, bodies: new BodyCache() };
  return async (request, response) => {
    const begun = ports.clock.monotonic();
    const seen: Seen = { target: undefined, user: undefined, fault: undefined, faulty: false };
    let answer: Answer;
    try {
      answer = await answerRequest(request, response, context, seen);
    } catch (error) {
      answer = faultAnswer(error, seen);
    }
    send(response, answer);
    const ms = ports.clock.monotonic() - begun;
    ports.onAnswer({ ...seen, status: answer.status, body: answer.body, ms, url: request.url ?? '' });
  };
}

interface Context {
  readonly ports: ApiPorts;
  readonly served: ReadonlySet<string>;
  readonly bodies: BodyCache;
}
interface Seen {
  target: Route | undefined;
  faulty: boolean;
  user: string | undefined;
  fault: LabError | undefined;
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  context: Context,
  seen: Seen,
): Promise<Answer> {
  const { url = '/', method = 'GET' } = request;
  const question = url.indexOf('?');
  const path = decoded(question < 0 ? url : url.slice(0, question));
  if (path === undefined) return badRequest('the path has a percent sign that escapes nothing');
  const query = question < 0 ? NO_QUERY : queryOf(url.slice(question + 1));
  const admission = await context.ports.auth.admit(request, requestAttributes(method, path, query));
  seen.user = admission.user?.name;
  if (!admission.ok) return failureAnswer(admission.status);
  const route = routeOf(path, context.served);
  if (route === undefined) return NOT_FOUND;
  seen.target = route;
  if (method !== 'GET' && GET_ONLY.has(route.kind)) return METHOD_NOT_ALLOWED;
  const fault = faultOf(route, context);
  if (fault !== undefined) {
    seen.faulty = true;
    const given = await faultFirst(fault, response, context.ports.clock);
    if (given !== undefined) return given;
  }
  const answer = await answerRoute(route, request, query, context, fault);
  return isTrue(query.get('pretty')) && answer.type === 'application/json' ? pretty(answer) : answer;
}

function answerRoute(
  route: Route,
  request: IncomingMessage,
  query: URLSearchParams,
  { ports, served, bodies }: Context,
  fault: MetricFault | undefined,
): Answer | Promise<Answer> {
  const { accept } = request.headers;
  switch (route.kind) {
    case 'external':
      if (ports.external === undefined) return NOT_FOUND;
      return answerExternal(
        route,
        query,
        accept,
        fault === undefined ? ports.external : faultyExternal(ports.external, fault),
      );
    case 'custom':
      if (ports.custom === undefined) return NOT_FOUND;
      return answerCustom(route, query, {
        accept,
        url: request.url ?? '',
        bodies,
        objects: ports.custom.objects,
        provider: fault === undefined ? ports.custom.provider : faultyCustom(ports.custom.provider, fault),
      });
    case 'health':
      return health(route.probe, query, ports);
    case 'admin':
      return ports.admin === undefined ? NOT_FOUND : answerAdmin(route.path, request, query, ports.admin);
    case 'metrics':
      return { status: 200, type: METRICS_TYPE, body: ports.ownMetrics() };
    default:
      return answerDocument(route, accept, served, ports) ?? notAcceptable(['application/json']);
  }
}

function faultOf(route: Route, { ports }: Context): MetricFault | undefined {
  return route.kind === 'external' || route.kind === 'custom' ? ports.admin?.faults.now(route.metric) : undefined;
}

/** The part of a fault that comes before any value: waiting, and an answer that is none. */
async function faultFirst(
  { delaySeconds, status }: MetricFault,
  response: ServerResponse,
  clock: Clock,
): Promise<Answer | undefined> {
  if (delaySeconds !== undefined) {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    await clock.sleep(delaySeconds * 1000, gone.signal).catch(() => undefined); // the client did not wait for it
  }
  if (status === undefined) return undefined;
  return failureAnswer(failure(status, `fault on demand: status ${status}`));
}

/** Liveness needs nothing; readiness needs the cluster's word on whom to trust. */
function health(probe: string, query: URLSearchParams, { auth }: ApiPorts): Answer {
  const problem = probe === 'livez' ? undefined : auth.notReady;
  const lines = query.has('verbose')
    ? ['[+]ping ok', `[${problem === undefined ? '+' : '-'}]authentication-config ${problem ?? 'ok'}`]
    : [];
  if (problem !== undefined) return textAnswer([...lines, `${probe} check failed: ${problem}`].join('\n'), 503);
  return textAnswer(lines.length === 0 ? 'ok' : [...lines, `${probe} check passed`, ''].join('\n'));
}

/** The message is what the HPA shows in its condition: the cause, in one sentence. */
function faultAnswer(error: unknown, seen: Seen): Answer {
  seen.fault =
    error instanceof LabError ? error : new LabError('ML-INTERNAL', { text: describe(error) }, { cause: error });
  if (error instanceof LabError && error.id.startsWith('ML-METRIC-')) return failureAnswer(unavailable(error.message));
  return failureAnswer(failure(500, describe(error)));
}

function pretty(answer: Answer): Answer {
  return { ...answer, body: `${JSON.stringify(JSON.parse(answer.body.toString()), null, 2)}\n` };
}

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const more = [...(status < 400 ? [] : NO_SNIFF), ...Object.entries(headers ?? {}).flat()];
  response.writeHead(status, [...COMMON_HEADERS, 'Content-Type', type, 'Content-Length', String(length), ...more]);
  response.end(body);
}

function decoded(path: string): string | undefined {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined; // URIError: the caller answers 400
  }
}

/** Go leaves out pairs that it cannot decode (net/url ParseQuery); so do we. */
function queryOf(text: string): URLSearchParams {
  if (!BAD_PAIR.test(text)) return new URLSearchParams(text);
  return new URLSearchParams(
    text
      .split('&')
      .filter((pair) => !BAD_PAIR.test(pair))
      .join('&'),
  );
}

function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value !== 'false';
}
