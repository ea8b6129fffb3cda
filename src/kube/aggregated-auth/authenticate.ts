import { createHash, type X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AuthConfig, RequestHeaderConfig } from './auth-config.ts';
import { type ChainVerdict, verifyClientChain } from './chain.ts';
import { peerCertificates } from './peer.ts';
import type { UserInfo } from './types.ts';

/** What one way of authentication says: who it is, nothing at all, or why the credentials are wrong. */
export type Opinion =
  | { readonly kind: 'user'; readonly user: UserInfo }
  | { readonly kind: 'none' }
  | { readonly kind: 'wrong'; readonly cause: string };

const NO_OPINION: Opinion = { kind: 'none' };
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
/** k8s.io/apiserver pkg/authentication/user CredentialIDKey. */
const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';
const AUTHENTICATED = 'system:authenticated';

export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'], extra: {} };

/** The verdicts on one client's chain; made once per connection and configuration. */
interface Verdicts {
  readonly config: AuthConfig;
  readonly proxy: ChainVerdict | undefined;
  readonly client: ChainVerdict | undefined;
  /** The user of the certificate itself. */
  readonly clientUser: Opinion;
  /** The last user that the front proxy named, by its headers: proxies reuse connections. */
  proxied?: { readonly key: string; readonly user: UserInfo };
}
const judged = new WeakMap<readonly X509Certificate[], Verdicts>();

/** Opinions on the client certificate of a request: as a front proxy first, then as a client (authenticatorfactory/delegating.go). */
export function certificateOpinions(request: IncomingMessage, config: AuthConfig, nowMs: number): readonly Opinion[] {
  const chain = peerCertificates(request);
  if (chain.length === 0) return [];
  const verdicts = verdictsOn(chain, config, nowMs);
  return [proxyOpinion(request, verdicts), verdicts.clientUser];
}

function verdictsOn(chain: readonly X509Certificate[], config: AuthConfig, nowMs: number): Verdicts {
  const before = judged.get(chain);
  if (before?.config === config && holds(before.proxy, nowMs) && holds(before.client, nowMs)) return before;
  const { requestHeader, clientCas } = config;
  const client = clientCas === undefined ? undefined : verifyClientChain(chain, clientCas, nowMs);
  const verdicts: Verdicts = {
    config,
    proxy: requestHeader === undefined ? undefined : verifyClientChain(chain, requestHeader.cas, nowMs),
    client,
    clientUser: client === undefined ? NO_OPINION : certificateUser(chain, client),
  };
  judged.set(chain, verdicts);
  return verdicts;
}

function holds(verdict: ChainVerdict | undefined, nowMs: number): boolean {
  return verdict === undefined || !verdict.ok || nowMs <= verdict.validUntilMs;
}

/** CN = user, O = groups (request/x509 CommonNameUserConversion). */
function certificateUser(chain: readonly X509Certificate[], verdict: ChainVerdict): Opinion {
  if (!verdict.ok) return { kind: 'wrong', cause: verdict.cause };
  const name = lastOf(verdict, COMMON_NAME);
  if (name === undefined || name === '') return NO_OPINION;
  const groups = verdict.leaf.subject.filter((part) => part.type === ORGANIZATION).map((part) => part.value);
  const hash = createHash('sha256')
    .update(chain[0]?.raw ?? '')
    .digest('hex');
  const user = { name, groups: withAuthenticated(groups), extra: { [CREDENTIAL_ID]: [`X509SHA256=${hash}`] } };
  return { kind: 'user', user };
}

function lastOf(verdict: Extract<ChainVerdict, { ok: true }>, type: string): string | undefined {
  return verdict.leaf.subject.findLast((part) => part.type === type)?.value;
}

function proxyOpinion(request: IncomingMessage, verdicts: Verdicts): Opinion {
  const { proxy, config } = verdicts;
  if (proxy === undefined || config.requestHeader === undefined) return NO_OPINION;
  if (!proxy.ok) return { kind: 'wrong', cause: proxy.cause };
  const { allowedNames } = config.requestHeader;
  const name = lastOf(proxy, COMMON_NAME) ?? '';
  if (allowedNames.length > 0 && !allowedNames.includes(name))
    return { kind: 'wrong', cause: `the certificate's name ${name} is not one of the allowed front proxies` };
  const key = identityHeaders(request, config.requestHeader);
  if (verdicts.proxied?.key === key) return { kind: 'user', user: verdicts.proxied.user };
  const user = headerUser(request, config.requestHeader);
  if (user === undefined) return NO_OPINION;
  verdicts.proxied = { key, user };
  return { kind: 'user', user };
}

/** All headers that may name somebody, as one text. */
function identityHeaders(request: IncomingMessage, names: RequestHeaderConfig): string {
  const raw = request.rawHeaders;
  let key = '';
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    if (speaksOfIdentity(name, names)) key += `${name}\0${raw[i + 1]}\0`;
  }
  return key;
}

function speaksOfIdentity(header: string, names: RequestHeaderConfig): boolean {
  return (
    names.userHeaders.includes(header) ||
    names.uidHeaders.includes(header) ||
    names.groupHeaders.includes(header) ||
    names.extraPrefixes.some((prefix) => header.startsWith(prefix))
  );
}

/** The user in the headers of a trusted proxy (request/headerrequest). */
function headerUser(request: IncomingMessage, names: RequestHeaderConfig): UserInfo | undefined {
  const headers = request.headersDistinct;
  const all = (name: string) => (headers[name] ?? []).map(utf8);
  const first = (list: readonly string[]) => list.map((name) => all(name)[0] ?? '').find((value) => value !== '');
  const name = first(names.userHeaders);
  if (name === undefined) return undefined;
  const uid = first(names.uidHeaders);
  const extra: Record<string, string[]> = {};
  for (const prefix of names.extraPrefixes) {
    for (const header of Object.keys(headers)) {
      if (!header.startsWith(prefix)) continue;
      const key = unescapeKey(header.slice(prefix.length));
      extra[key] = [...(extra[key] ?? []), ...all(header)];
    }
  }
  const groups = names.groupHeaders.flatMap(all).filter((group) => group !== '');
  return { name, ...(uid === undefined ? {} : { uid }), groups: withAuthenticated(groups), extra };
}

/** Node reads header bytes as Latin-1, Go as UTF-8. */
function utf8(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}

function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key; // upstream keeps malformed keys as they are, so that they are on record
  }
}

/** Everybody who was recognised is in system:authenticated (pkg/authentication/group/authenticated_group_adder.go). */
export function withAuthenticated(groups: readonly string[]): readonly string[] {
  const has = groups.includes(AUTHENTICATED) || groups.includes('system:unauthenticated');
  return has ? groups : [...groups, AUTHENTICATED];
}

/** The token of `Authorization: Bearer <token>` (request/bearertoken), or undefined. */
export function bearerToken(request: IncomingMessage): string | undefined {
  const [scheme, token] = (request.headers.authorization ?? '').trim().split(' ', 3);
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '') return undefined;
  return token;
}
