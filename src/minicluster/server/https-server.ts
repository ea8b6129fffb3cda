import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import { Exchange, type Outgoing } from './exchange.ts';

export interface HttpsOptions {
  readonly cert: string;
  readonly key: string;
  /** Authorities that clients may show certificates of; what they show is judged per request. */
  readonly clientCas: readonly string[];
  readonly handle: (exchange: Exchange) => void;
}

/** As kube-apiserver (IdleTimeout): with Node's 5 s it would close under the next request of a client that was busy meanwhile. */
const KEEP_ALIVE_MS = 90_000;

/** HTTP/2 and HTTP/1.1 over TLS on one port; a client certificate is asked for and never required. */
export function httpsServer(options: HttpsOptions): Http2SecureServer {
  const server = createSecureServer(
    {
      cert: options.cert,
      key: options.key,
      ca: [...options.clientCas],
      allowHTTP1: true,
      requestCert: true,
      rejectUnauthorized: false,
      settings: { maxConcurrentStreams: 1_000 },
    },
    (request, response) => {
      // The compatibility layer has the shape of HTTP/1.1's classes, which is all that is used of it.
      const exchange = new Exchange(request as unknown as IncomingMessage, response as unknown as Outgoing);
      options.handle(exchange);
    },
  );
  // Of its HTTP/1.1 side, which the types do not tell.
  Object.assign(server, { keepAliveTimeout: KEEP_ALIVE_MS });
  // A client that breaks off is no news; without listeners it would end the process.
  server.on('sessionError', ignore);
  server.on('session', (session) => session.on('error', ignore));
  server.on('tlsClientError', ignore);
  server.on('clientError', (_error, socket: { destroy(): void }) => socket.destroy());
  return server;
}

function ignore(): void {}
