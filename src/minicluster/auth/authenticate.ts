import { createHash, X509Certificate } from 'node:crypto';
import { verifyClientChain } from '../../kube/aggregated-auth/chain.ts';
import type { UserInfo } from '../../kube/aggregated-auth/types.ts';
import { unauthorized } from '../api/failure.ts';
import type { Exchange } from '../server/exchange.ts';

export interface AuthenticatorPorts {
  /** PEM of each authority of client certificates. */
  readonly clientCas: readonly string[];
  readonly now: () => number;
  /** Who a token speaks for, or undefined. */
  readonly token: (token: string) => UserInfo | undefined;
}

const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'], extra: {} };
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
export const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';
const AUTHENTICATED = 'system:authenticated';

/** Who asks: by client certificate, bearer token, or nobody. A wrong certificate or token is refused, not taken for nobody. */
export class Authenticator {
  readonly #ports: AuthenticatorPorts;
  /** Users of connections whose certificate was judged; it cannot change while they last. */
  readonly #connections = new WeakMap<object, { readonly user: UserInfo; readonly validUntilMs: number }>();
  readonly #roots: readonly X509Certificate[];

  constructor(ports: AuthenticatorPorts) {
    this.#ports = ports;
    this.#roots = ports.clientCas.map((pem) => new X509Certificate(pem));
  }

  /** Raises ApiFailure 401. */
  authenticate(exchange: Exchange): UserInfo {
    const before = this.#connections.get(exchange.connection);
    if (before !== undefined && this.#ports.now() <= before.validUntilMs) return before.user;
    const chain = exchange.peer;
    if (chain.length > 0) {
      const verdict = verifyClientChain(chain, this.#roots, this.#ports.now());
      if (!verdict.ok) throw unauthorized();
      const user = certificateUser(chain[0], verdict.leaf.subject);
      this.#connections.set(exchange.connection, { user, validUntilMs: verdict.validUntilMs });
      return user;
    }
    const header = exchange.header('authorization');
    if (header === undefined || header === '') return ANONYMOUS;
    const token = /^Bearer +(\S+)$/i.exec(header.trim())?.[1];
    if (token === undefined) return ANONYMOUS;
    const user = this.#ports.token(token);
    if (user === undefined) throw unauthorized();
    return withAuthenticated(user);
  }
}

/** CN = user, O = groups (request/x509 CommonNameUserConversion). */
function certificateUser(
  leaf: X509Certificate | undefined,
  subject: readonly { readonly type: string; readonly value: string }[],
): UserInfo {
  const name = subject.findLast(({ type }) => type === COMMON_NAME)?.value ?? '';
  if (name === '') return ANONYMOUS;
  const groups = subject.filter(({ type }) => type === ORGANIZATION).map(({ value }) => value);
  const hash = createHash('sha256')
    .update(leaf?.raw ?? '')
    .digest('hex');
  return withAuthenticated({ name, groups, extra: { [CREDENTIAL_ID]: [`X509SHA256=${hash}`] } });
}

/** The user as one of `system:authenticated`. */
export function withAuthenticated(user: UserInfo): UserInfo {
  if (user.groups.includes(AUTHENTICATED) || user.groups.includes('system:unauthenticated')) return user;
  return { ...user, groups: [...user.groups, AUTHENTICATED] };
}
