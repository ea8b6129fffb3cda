import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { asLabError, describe, type LabError } from '../../errors/lab-error.ts';
import { forbidden, internalError, UNAUTHORIZED, unavailable } from '../failure.ts';
import { type AuthConfig, type AuthConfigWatch, watchAuthConfig } from './auth-config.ts';
import { ANONYMOUS, bearerToken, certificateOpinions, type Opinion, withAuthenticated } from './authenticate.ts';
import { peerCertificates } from './peer.ts';
import { type AccessAnswer, type Reviews, reviews } from './reviews.ts';
import type { Authentication, Authorization, DelegatedAuth, RequestAttributes, UserInfo } from './types.ts';

export interface DelegatedAuthOptions {
  /** Identity with `system:auth-delegator` and `extension-apiserver-authentication-reader`. */
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Told of every failure to read the configuration or to ask for a review. */
  readonly onError: (error: LabError) => void;
  /** How long answers of TokenReview and SubjectAccessReview are kept; default 10 s as upstream. */
  readonly cacheMs?: number;
  /** How often the configuration is read again although the watch said nothing; default 60 s. */
  readonly reloadMs?: number;
}

const MASTERS = 'system:masters';
const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);
const PASS: Authorization = { ok: true };

/** Starts reading the cluster's configuration at once. */
export function delegatedAuth(options: DelegatedAuthOptions): DelegatedAuth {
  const { client, clock, onError } = options;
  const config = watchAuthConfig({ client, clock, onError, reloadMs: options.reloadMs ?? 60_000 });
  return assemble({ config, asked: reviews(client, clock, options.cacheMs ?? 10_000), clock, onError });
}

/** The same without a cluster: fixed CAs, no tokens, and only system:masters may do more than read discovery. */
export function standaloneAuth(config: AuthConfig, clock: Clock): DelegatedAuth {
  const nobody: Reviews = {
    token: async () => ({ known: false, cause: 'there is no cluster to review tokens' }),
    access: async (user, attributes) => discoveryOnly(user, attributes),
    recentAccess: discoveryOnly,
    stop: () => undefined,
  };
  const fixed: AuthConfigWatch = { ready: Promise.resolve(), current: config, problem: '', stop: () => undefined };
  return assemble({ config: fixed, asked: nobody, clock, onError: () => undefined });
}

/** The cluster role system:discovery, which every cluster gives to system:authenticated. */
function discoveryOnly(user: UserInfo, attributes: RequestAttributes): AccessAnswer {
  const allowed =
    user.groups.includes('system:authenticated') &&
    attributes.kind === 'path' &&
    attributes.verb === 'get' &&
    /^\/(apis?|openapi)(\/|$)|^\/version\/?$/.test(attributes.path);
  return { allowed, reason: '' };
}

function assemble(parts: Parts): DelegatedAuth {
  const { config, asked } = parts;
  const authenticate = (request: IncomingMessage): Promise<Authentication> =>
    authenticateRequest(request, parts).catch((error: unknown) => {
      // Nothing is known to come here; whatever it is, it must not let anybody in.
      parts.onError(asLabError(error));
      return { ok: false, status: UNAUTHORIZED, cause: describe(error) };
    });
  const authorize = (user: UserInfo, attributes: RequestAttributes): Promise<Authorization> =>
    authorizeUser(user, attributes, asked, parts.onError);
  return {
    ready: config.ready,
    get notReady() {
      return config.current === undefined ? `the cluster's authentication configuration: ${config.problem}` : undefined;
    },
    authenticate,
    authorize,
    admit: async (request, attributes) => {
      const who = await authenticate(request);
      if (!who.ok) return { ok: false, status: who.status };
      const may = await authorize(who.user, attributes);
      return may.ok ? { ok: true, user: who.user } : { ok: false, user: who.user, status: may.status };
    },
    stop: () => {
      config.stop();
      asked.stop();
    },
  };
}

interface Parts {
  readonly config: AuthConfigWatch;
  readonly asked: Reviews;
  readonly clock: Clock;
  readonly onError: (error: LabError) => void;
}

/** The first way that knows somebody wins; wrong credentials and nobody known = 401; no credentials at all = anonymous. */
async function authenticateRequest(request: IncomingMessage, parts: Parts): Promise<Authentication> {
  const { config, clock } = parts;
  const wrong: string[] = [];
  if (config.current !== undefined) {
    for (const opinion of certificateOpinions(request, config.current, clock.now())) {
      if (opinion.kind === 'user') return { ok: true, user: opinion.user };
      if (opinion.kind === 'wrong') wrong.push(opinion.cause);
    }
  }
  const byToken = await tokenOpinion(request, parts);
  if (byToken.kind === 'user') return { ok: true, user: byToken.user };
  if (byToken.kind === 'wrong') wrong.push(byToken.cause);
  if (config.current === undefined && peerCertificates(request).length > 0) {
    const cause = `client certificates cannot be judged yet: ${config.problem}`;
    return {
      ok: false,
      status: unavailable('the authentication configuration of the cluster was not read yet'),
      cause,
    };
  }
  if (wrong.length > 0) return { ok: false, status: UNAUTHORIZED, cause: wrong.join('; ') };
  return { ok: true, user: ANONYMOUS };
}

async function tokenOpinion(request: IncomingMessage, { asked, onError }: Parts): Promise<Opinion> {
  const token = bearerToken(request);
  if (token === undefined) return { kind: 'none' };
  try {
    const answer = await asked.token(token);
    if (!answer.known) return { kind: 'wrong', cause: answer.cause === '' ? 'invalid bearer token' : answer.cause };
    return { kind: 'user', user: authenticatedUser(answer.user) };
  } catch (error) {
    onError(asLabError(error));
    return { kind: 'wrong', cause: `the token could not be reviewed: ${describe(error)}` };
  }
}

/** The same object for the same answer of a review, so that later keys are cheap. */
const tokenUsers = new WeakMap<UserInfo, UserInfo>();
function authenticatedUser(user: UserInfo): UserInfo {
  let full = tokenUsers.get(user);
  if (full === undefined) {
    full = { ...user, groups: withAuthenticated(user.groups) };
    tokenUsers.set(user, full);
  }
  return full;
}

async function authorizeUser(
  user: UserInfo,
  attributes: RequestAttributes,
  asked: Reviews,
  onError: (error: LabError) => void,
): Promise<Authorization> {
  if (user.groups.includes(MASTERS)) return PASS;
  if (attributes.kind === 'path' && OPEN_PATHS.has(attributes.path)) return PASS;
  let answer: AccessAnswer;
  try {
    answer = asked.recentAccess(user, attributes) ?? (await asked.access(user, attributes));
  } catch (error) {
    onError(asLabError(error));
    return { ok: false, status: internalError('the cluster could not be asked whether this is allowed') };
  }
  return answer.allowed ? PASS : { ok: false, status: forbidden(user, attributes, answer.reason) };
}
