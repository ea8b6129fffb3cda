import { randomBytes, randomUUID } from 'node:crypto';
import type { Http2SecureServer } from 'node:http2';
import type { Clock } from '../contracts/clock.ts';
import { Rest } from './api/rest.ts';
import { unsupportedPatchType } from './api/failure.ts';
import { Authenticator } from './auth/authenticate.ts';
import { BUILT_IN } from './kinds/built-in.ts';
import { KindRegistry } from './kinds/registry.ts';
import { handle } from './server/api-server.ts';
import { httpsServer } from './server/https-server.ts';
import { Store } from './store/store.ts';

export interface EmbeddedOptions {
  /** Database file, or `:memory:`. */
  readonly database: string;
  /** PEM texts. */
  readonly serving: { readonly cert: string; readonly key: string };
  readonly clientCa: string;
  readonly clock: Clock;
  readonly log: (line: string) => void;
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
  const { clock } = options;
  const now = () => clock.now();
  const store = new Store({ path: options.database, now });
  const registry = new KindRegistry(BUILT_IN);
  const rest = new Rest({ store, registry, now, newUid: randomUUID, suffix });
  const authenticator = new Authenticator({ clientCa: options.clientCa, now, token: () => undefined });
  const authorizer = {
    authorize: ({ groups }: { readonly groups: readonly string[] }) => ({
      allowed: groups.includes('system:masters'),
      reason: '',
    }),
  };
  const resources = {
    rest,
    registry,
    store,
    clock,
    special: () => undefined,
    apply: () => Promise.reject(unsupportedPatchType()),
  };
  const ports = { authenticator, authorizer, paths: [], resources, log: options.log };
  const https = httpsServer({
    ...options.serving,
    clientCa: [options.clientCa],
    handle: (exchange) => void handle(exchange, ports),
  });
  return {
    https,
    store,
    registry,
    rest,
    listen: (port) => listen(https, port),
    [Symbol.dispose]: () => {
      https.close();
      store[Symbol.dispose]();
    },
  };
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

function suffix(length: number): string {
  return [...randomBytes(length)].map((byte) => SUFFIX_ALPHABET[byte % SUFFIX_ALPHABET.length]).join('');
}
