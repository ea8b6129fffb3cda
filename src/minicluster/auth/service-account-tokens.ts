import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import type { KubeObject } from '../../contracts/kube-client.ts';
import type { UserInfo } from '../../kube/aggregated-auth/types.ts';
import { CREDENTIAL_ID } from './authenticate.ts';

export const ISSUER = 'https://kubernetes.default.svc';
const SKEW_SECONDS = 10;
const ID = z.object({ name: z.string(), uid: z.string() });
const Claims = z.object({
  iss: z.literal(ISSUER),
  sub: z.string(),
  aud: z.array(z.string()),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number(),
  jti: z.string(),
  'kubernetes.io': z.object({
    namespace: z.string(),
    serviceaccount: ID,
    pod: ID.optional(),
    secret: ID.optional(),
    node: ID.optional(),
  }),
});
type Claims = z.infer<typeof Claims>;

export interface BoundObject {
  readonly kind: 'pod' | 'secret' | 'node';
  readonly name: string;
  readonly uid: string;
}

export interface TokenPorts {
  /** PEM of the private and the public key, P-256. */
  readonly privateKey: string;
  readonly publicKey: string;
  readonly now: () => number;
  readonly newId: () => string;
  /** An object of the core group, as it is now. */
  readonly find: (plural: string, namespace: string | undefined, name: string) => KubeObject | undefined;
}

export type TokenVerdict =
  | { readonly ok: true; readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly ok: false; readonly error: string };

/** Tokens of service accounts: JWTs signed with ES256 (pkg/serviceaccount/jwt.go, claims.go). */
export class ServiceAccountTokens {
  readonly #ports: TokenPorts;
  readonly #private: KeyObject;
  readonly #public: KeyObject;

  constructor(ports: TokenPorts) {
    this.#ports = ports;
    this.#private = createPrivateKey(ports.privateKey);
    this.#public = createPublicKey(ports.publicKey);
  }

  /** The public key, as /openid/v1/jwks publishes it. */
  jwks(): unknown {
    return { keys: [{ ...this.#public.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] };
  }

  issue(
    account: KubeObject,
    options: {
      readonly audiences: readonly string[];
      readonly seconds: number;
      readonly bound?: BoundObject | undefined;
    },
  ): string {
    const { name, namespace = '', uid = '' } = account.metadata;
    const at = Math.floor(this.#ports.now() / 1000);
    const { bound } = options;
    const claims: Claims = {
      aud: [...options.audiences],
      exp: at + options.seconds,
      iat: at,
      iss: ISSUER,
      jti: this.#ports.newId(),
      'kubernetes.io': {
        namespace,
        serviceaccount: { name, uid },
        ...(bound === undefined ? {} : { [bound.kind]: { name: bound.name, uid: bound.uid } }),
      },
      nbf: at,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const head = encode({ alg: 'ES256', typ: 'JWT' });
    const body = `${head}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(body), { key: this.#private, dsaEncoding: 'ieee-p1363' });
    return `${body}.${signature.toString('base64url')}`;
  }

  /** Whether a token holds for one of these audiences, and for whom. */
  review(token: string, audiences: readonly string[]): TokenVerdict {
    const invalid = { ok: false, error: 'invalid bearer token' } as const;
    const claims = this.#claims(token);
    if (claims === undefined) return invalid;
    const common = claims.aud.filter((each) => audiences.includes(each));
    if (common.length === 0) {
      const why = `token audiences ${goList(claims.aud)} is invalid for the target audiences ${goList(audiences)}`;
      return { ok: false, error: `[invalid bearer token, ${why}]` };
    }
    const seconds = this.#ports.now() / 1000;
    if (seconds > claims.exp + SKEW_SECONDS)
      return { ok: false, error: '[invalid bearer token, service account token has expired]' };
    if (seconds < claims.nbf - SKEW_SECONDS)
      return { ok: false, error: '[invalid bearer token, service account token is not valid yet]' };
    const user = this.#user(claims);
    return user === undefined
      ? { ok: false, error: '[invalid bearer token, service account token has been invalidated]' }
      : { ok: true, user, audiences: common };
  }

  #claims(token: string): Claims | undefined {
    const [head = '', body = '', signature = '', ...more] = token.split('.');
    if (more.length > 0 || json(head)?.['alg'] !== 'ES256') return undefined;
    const key = { key: this.#public, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) return undefined;
    const parsed = Claims.safeParse(json(body));
    return parsed.success ? parsed.data : undefined;
  }

  /** Account and bound object must still be those of the token. */
  #user(claims: Claims): UserInfo | undefined {
    const { namespace, serviceaccount, ...bound } = claims['kubernetes.io'];
    const account = this.#ports.find('serviceaccounts', namespace, serviceaccount.name);
    if (account?.metadata.uid !== serviceaccount.uid || isGone(account)) return undefined;
    for (const kind of ['pod', 'secret', 'node'] as const) {
      const id = bound[kind];
      if (id === undefined) continue;
      const found = this.#ports.find(`${kind}s`, kind === 'node' ? undefined : namespace, id.name);
      if (found?.metadata.uid !== id.uid) return undefined;
    }
    const extra: Record<string, readonly string[]> = { [CREDENTIAL_ID]: [`JTI=${claims.jti}`] };
    if (bound.pod !== undefined) {
      extra['authentication.kubernetes.io/pod-name'] = [bound.pod.name];
      extra['authentication.kubernetes.io/pod-uid'] = [bound.pod.uid];
    }
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
    return { name: claims.sub, uid: serviceaccount.uid, groups, extra };
  }
}

function isGone({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function json(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Go's %q of a list. */
function goList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}
