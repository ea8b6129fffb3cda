import { arch, platform } from 'node:os';
import { methodNotAllowed } from '../api/failure.ts';
import { KUBERNETES_MINOR, KUBERNETES_VERSION } from '../kubernetes-version.ts';
import type { PathHandler } from '../server/api-server.ts';

const HEALTH = /^\/(healthz|livez|readyz)(\/(ping|etcd|log|etcd-readiness|informer-sync|shutdown))?\/?$/;
const TEXT = 'text/plain; charset=utf-8';

export interface ServerFacts {
  /** Lines of Prometheus text. */
  readonly metrics: () => string;
  readonly jwks: () => unknown;
  readonly issuer: string;
}

/** /version, /healthz and its relatives, /metrics, the token issuer's documents. */
export function serverPaths({ metrics, jwks, issuer }: ServerFacts): PathHandler {
  const documents: Readonly<Record<string, () => unknown>> = {
    '/version': version,
    '/openid/v1/jwks': jwks,
    '/.well-known/openid-configuration': () => openIdConfiguration(issuer),
  };
  return (exchange) => {
    const { path } = exchange;
    const document = documents[path.replace(/(.)\/$/, '$1')];
    const isHealth = HEALTH.test(path);
    if (document === undefined && !isHealth && path !== '/metrics') return false;
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') throw methodNotAllowed();
    if (document !== undefined) exchange.send(200, 'application/json', JSON.stringify(document(), undefined, 2));
    else if (isHealth) exchange.send(200, TEXT, healthText(path, exchange.query.has('verbose')));
    else exchange.send(200, 'text/plain; version=0.0.4; charset=utf-8', metrics());
    return true;
  };
}

function healthText(path: string, verbose: boolean): string {
  if (!verbose) return 'ok';
  const name = HEALTH.exec(path)?.[1] ?? 'healthz';
  return `[+]ping ok\n[+]log ok\n[+]etcd ok\n${name} check passed\n`;
}

function version(): unknown {
  const go = { x64: 'amd64' }[arch() as string] ?? arch();
  return {
    major: '1',
    minor: String(KUBERNETES_MINOR),
    emulationMajor: '1',
    emulationMinor: String(KUBERNETES_MINOR),
    minCompatibilityMajor: '1',
    minCompatibilityMinor: String(KUBERNETES_MINOR - 1),
    gitVersion: `v${KUBERNETES_VERSION}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: `${platform() === 'win32' ? 'windows' : platform()}/${go}`,
  };
}

function openIdConfiguration(issuer: string): unknown {
  return {
    issuer,
    jwks_uri: `${issuer}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}
