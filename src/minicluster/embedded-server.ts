import { randomBytes, randomUUID } from 'node:crypto';
import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../contracts/clock.ts';
import type { UserInfo } from '../kube/aggregated-auth/types.ts';
import { Aggregator } from './aggregation/aggregator.ts';
import { applyRequest } from './apply/apply-request.ts';
import { finalizeNamespace } from './api/finalize.ts';
import { podLog } from './api/pod-log.ts';
import { binding, eviction } from './api/pod-subresources.ts';
import type { ResourcePorts } from './api/resource.ts';
import { Rest } from './api/rest.ts';
import { specialOf } from './api/special.ts';
import { Authenticator } from './auth/authenticate.ts';
import { checkEscalation } from './auth/escalation.ts';
import { RbacAuthorizer } from './auth/rbac.ts';
import { reviews } from './auth/reviews.ts';
import { ISSUER, ServiceAccountTokens } from './auth/service-account-tokens.ts';
import { tokenRequests } from './auth/token-request.ts';
import { bootstrap } from './bootstrap.ts';
import { DefinitionController } from './crd/controller.ts';
import { discovery } from './discovery/handler.ts';
import { serverPaths } from './discovery/health.ts';
import { BUILT_IN } from './kinds/built-in.ts';
import { KindRegistry } from './kinds/registry.ts';
import { openApi } from './openapi/handler.ts';
import { handle, type PathHandler } from './server/api-server.ts';
import { httpsServer } from './server/https-server.ts';
import { Store } from './store/store.ts';

export interface EmbeddedOptions {
  /** Database file, or `:memory:`. */
  readonly database: string;
  /** All of these are PEM texts. */
  readonly serving: { readonly cert: string; readonly key: string };
  readonly clientCa: string;
  readonly requestHeaderCa: string;
  /** How users are introduced to aggregated servers. */
  readonly frontProxy: { readonly cert: string; readonly key: string };
  /** With what kubelets are asked for logs. */
  readonly kubeletClient: { readonly cert: string; readonly key: string };
  readonly serviceAccounts: { readonly privateKey: string; readonly publicKey: string };
  readonly clock: Clock;
  /** Further paths that are no resources. */
  readonly paths?: readonly PathHandler[];
  readonly log: (line: string) => void;
  /** See StoreOptions. */
  readonly afterTurn: (run: () => void) => void;
  readonly fatal: (error: unknown) => void;
}

export interface EmbeddedServer extends Disposable {
  readonly https: Http2SecureServer;
  readonly store: Store;
  readonly registry: KindRegistry;
  readonly rest: Rest;
  /** Resolves with the port of 127.0.0.1, when it listens. Raises what the system says (EADDRINUSE). */
  listen(port: number): Promise<number>;
}

/** util/rand: letters and digits that make no words. */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** The whole API in one process, not yet listening. */
export function embeddedServer(options: EmbeddedOptions): EmbeddedServer {
  const { clock, clientCa, requestHeaderCa, log } = options;
  const now = () => clock.now();
  const store = new Store({ path: options.database, now, afterTurn: options.afterTurn, fatal: options.fatal });
  const registry = new KindRegistry(BUILT_IN);
  const rbac = new RbacAuthorizer(store);
  const rest = new Rest({
    store,
    registry,
    now,
    newUid: randomUUID,
    suffix,
    admit: ({ kind, user }, object, old) => checkEscalation(kind, object, old, user, rbac),
  });
  // A front proxy that introduces nobody is a client like others, as on `native`.
  const clientCas = [clientCa, requestHeaderCa];
  bootstrap({ rest, registry, clientCas, requestHeaderCa });
  const aggregator = new Aggregator({ store, rest, registry, clock, frontProxy: options.frontProxy, log });
  const definitions = new DefinitionController({ store, rest, registry, clock, log });
  const tokens = serviceAccountTokens(options, registry, rest);
  const special = specialOf({
    ...reviews({ rbac, tokens, now }),
    '/serviceaccounts/token': tokenRequests(tokens, now),
    '/namespaces/finalize': finalizeNamespace,
    '/pods/binding': binding(clock),
    '/pods/eviction': eviction,
    '/pods/log': podLog({ ...options.kubeletClient, ca: clientCa }),
  });
  const resources: ResourcePorts = { rest, registry, store, clock, special, apply: applyRequest };
  const authenticator = new Authenticator({ clientCas, now, token: (text) => userOfToken(tokens, text) });
  const own = pathHandlers(store, registry, tokens, aggregator, () => hostAndPort(https));
  const paths = [...(options.paths ?? []), ...own];
  const ports = { authenticator, authorizer: rbac, paths, resources, log };
  const https = httpsServer({
    ...options.serving,
    clientCas,
    handle: (exchange) => {
      exchange.whenDurable = (run) => store.whenDurable(run);
      void handle(exchange, ports);
    },
  });
  const connections = new Set<Socket>();
  https.on('secureConnection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const stop = () => {
    https.close();
    // Watches would keep it open for ever.
    for (const socket of connections) socket.destroy();
    aggregator[Symbol.dispose]();
    definitions[Symbol.dispose]();
    store[Symbol.dispose]();
  };
  return { https, store, registry, rest, listen: (port) => listen(https, port), [Symbol.dispose]: stop };
}

/** Everything that is no resource, in the order in which it is asked. */
function pathHandlers(
  store: Store,
  registry: KindRegistry,
  tokens: ServiceAccountTokens,
  aggregator: Aggregator,
  address: () => string,
): readonly PathHandler[] {
  return [
    serverPaths({ metrics: () => metricsText(store), jwks: () => tokens.jwks(), issuer: ISSUER }),
    openApi(registry),
    aggregator.handler,
    discovery({
      registry,
      remote: () => aggregator.remotes().filter(({ available }) => available),
      remoteDiscovery: (group, version) => aggregator.discovery(group, version),
      address,
    }),
  ];
}

function userOfToken(tokens: ServiceAccountTokens, text: string): UserInfo | undefined {
  const verdict = tokens.review(text, [ISSUER]);
  return verdict.ok ? verdict.user : undefined;
}

function serviceAccountTokens(options: EmbeddedOptions, registry: KindRegistry, rest: Rest): ServiceAccountTokens {
  return new ServiceAccountTokens({
    ...options.serviceAccounts,
    now: () => options.clock.now(),
    newId: randomUUID,
    find: (plural, namespace, name) => {
      const kind = registry.get('', plural);
      return kind === undefined ? undefined : rest.find(kind, namespace, name)?.object;
    },
  });
}

function hostAndPort(https: Http2SecureServer): string {
  const address = https.address();
  return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
}

function metricsText(store: Store): string {
  const rows = store
    .counts()
    .map(([name, count]) => `apiserver_resource_objects{resource=${JSON.stringify(name)}} ${count}\n`);
  const head = '# HELP apiserver_resource_objects Number of stored objects.\n# TYPE apiserver_resource_objects gauge\n';
  return `${head}${rows.join('')}`;
}

function listen(https: Http2SecureServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    https.once('error', reject);
    https.listen(port, '127.0.0.1', () => {
      const address = https.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Random bytes in stock: each pod takes some, and asking for five costs as much as asking for a thousand. */
let stock = Buffer.alloc(0);

function suffix(length: number): string {
  if (stock.length < length) stock = randomBytes(1024);
  const taken = stock.subarray(0, length);
  stock = stock.subarray(length);
  return Array.from(taken, (byte) => SUFFIX_ALPHABET[byte % SUFFIX_ALPHABET.length]).join('');
}
