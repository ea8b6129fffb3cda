import { createServer, type Server } from 'node:https';
import { aggregatedTlsOptions } from '../../kube/aggregated-auth/tls-options.ts';
import { type ApiPorts, apiHandler } from '../api/handler.ts';

export interface ServingPair {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

/** A client has this long for the headers and for the whole request; nobody sends a body worth waiting for. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** Longer than the idle time of client-go (90 s), so that it is never we who close under a request. */
const KEEP_ALIVE_MS = 120_000;
/** URL and headers together; more is answered with 431. */
const MAX_HEADER_BYTES = 16 * 1024;

/** The HTTPS server of the metrics APIs; it does not listen yet. */
export function apiServer(serving: ServingPair, ports: ApiPorts): Server {
  const handle = apiHandler(ports);
  const options = { ...aggregatedTlsOptions(serving), maxHeaderSize: MAX_HEADER_BYTES };
  const server = createServer(options, (request, response) => {
    void handle(request, response);
  });
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // A handshake with rubbish, or a client that goes away: nobody is left to be told.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
