import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { statusError } from '../client.ts';
import { parseAs } from '../objects.ts';
import { RecentAnswers } from './recent.ts';
import type { RequestAttributes, UserInfo } from './types.ts';

const TOKEN_REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews';
const ACCESS_REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
/** For one question, repetitions included (upstream: 10 s per try). */
const DEADLINE_MS = 10_000;
/** Upstream's DefaultAuthWebhookRetryBackoff: 500 ms, times 1.5, five tries. */
const RETRY = { firstMs: 500, factor: 1.5, tries: 5 } as const;

const TokenReview = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    error: z.string().default(''),
    user: z
      .object({
        username: z.string().default(''),
        uid: z.string().default(''),
        groups: z.array(z.string()).nullish(),
        extra: z.record(z.string(), z.array(z.string())).nullish(),
      })
      .optional(),
  }),
});
const AccessReview = z.object({
  status: z.object({
    allowed: z.boolean(),
    reason: z.string().default(''),
    evaluationError: z.string().default(''),
  }),
});

export type TokenAnswer =
  | { readonly known: true; readonly user: UserInfo }
  | { readonly known: false; readonly cause: string };
export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

export interface Reviews {
  /** Who holds this token. Raises ML-KUBE-* when the cluster cannot be asked. */
  token(token: string): Promise<TokenAnswer>;
  /** Whether a user may do something. Raises ML-KUBE-* when the cluster cannot be asked. */
  access(user: UserInfo, attributes: RequestAttributes): Promise<AccessAnswer>;
  /** The kept answer to the same question, if any. */
  recentAccess(user: UserInfo, attributes: RequestAttributes): AccessAnswer | undefined;
  stop(): void;
}

/** Asks TokenReviews and SubjectAccessReviews; equal questions within `cacheMs` are asked once. */
export function reviews(client: KubeClient, clock: Clock, cacheMs: number): Reviews {
  const stopped = new AbortController();
  const tokens = new RecentAnswers<TokenAnswer>(clock, cacheMs);
  const decisions = new RecentAnswers<AccessAnswer>(clock, cacheMs);
  // Tokens are secrets: they are not kept in memory as keys.
  const hashKey = randomBytes(32);
  const ask = (path: string, body: unknown) => post(client, clock, path, body, stopped.signal);

  return {
    token: (token) =>
      tokens.get(
        createHmac('sha256', hashKey).update(token).digest('base64'),
        async () =>
          tokenAnswer(
            await ask(TOKEN_REVIEWS, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } }),
          ),
        (answer) => answer.known || answer.cause === '',
      ),
    access: (user, attributes) =>
      decisions.get(
        questionKey(user, attributes),
        async () => accessAnswer(await ask(ACCESS_REVIEWS, accessReview(user, attributes))),
        () => true,
      ),
    recentAccess: (user, attributes) => decisions.peek(questionKey(user, attributes)),
    stop: () => stopped.abort(),
  };
}

function tokenAnswer(foreign: unknown): TokenAnswer {
  const { authenticated, error, user } = parseAs(TokenReview, foreign, TOKEN_REVIEWS).status;
  if (!authenticated || user === undefined) return { known: false, cause: error };
  return {
    known: true,
    user: {
      name: user.username,
      ...(user.uid === '' ? {} : { uid: user.uid }),
      groups: user.groups ?? [],
      extra: user.extra ?? {},
    },
  };
}

function accessAnswer(foreign: unknown): AccessAnswer {
  const { allowed, reason } = parseAs(AccessReview, foreign, ACCESS_REVIEWS).status;
  return { allowed, reason };
}

function accessReview(user: UserInfo, attributes: RequestAttributes): unknown {
  const { kind, ...rest } = attributes;
  const spec = {
    user: user.name,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    groups: user.groups,
    extra: user.extra,
    [kind === 'path' ? 'nonResourceAttributes' : 'resourceAttributes']: rest,
  };
  return { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
}

/** The identity's part of a key is made once per user object. */
const identities = new WeakMap<UserInfo, string>();
function questionKey(user: UserInfo, attributes: RequestAttributes): string {
  let identity = identities.get(user);
  if (identity === undefined) {
    identity = JSON.stringify([user.name, user.uid, user.groups, user.extra]);
    identities.set(user, identity);
  }
  if (attributes.kind === 'path') return `${identity}\n${attributes.verb}\n${attributes.path}`;
  const { verb, group, version, namespace, resource, subresource, name } = attributes;
  return `${identity}\n${JSON.stringify([verb, group, version, namespace, resource, subresource, name])}`;
}

async function post(
  client: KubeClient,
  clock: Clock,
  path: string,
  body: unknown,
  stop: AbortSignal,
): Promise<unknown> {
  const end = clock.monotonic() + DEADLINE_MS;
  let pause: number = RETRY.firstMs;
  for (let tries = 1; ; tries += 1) {
    try {
      const timeoutMs = Math.max(1, Math.ceil(end - clock.monotonic()));
      const answer = await client.request('POST', path, body, { timeoutMs, signal: stop });
      if (answer.status >= 200 && answer.status < 300) return parseBody(path, answer.text);
      throw statusError('POST', path, answer);
    } catch (error) {
      if (tries === RETRY.tries || !worthRetrying(error) || clock.monotonic() + pause >= end) throw error;
    }
    await clock.sleep(pause, stop);
    pause *= RETRY.factor;
  }
}

function parseBody(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new LabError('ML-KUBE-SHAPE', { path, reason: describe(error) }, { cause: error });
  }
}

/** Lost connections, 429 and 5xx (k8s.io/apiserver pkg/util/webhook DefaultShouldRetry). */
function worthRetrying(error: unknown): boolean {
  if (!(error instanceof LabError)) return false;
  if (error.id === 'ML-KUBE-UNREACHABLE') return true;
  const code = Number(error.params['code'] ?? 0);
  return error.id === 'ML-KUBE-STATUS' && (code === 429 || code >= 500);
}
