import { constants } from 'node:crypto';
import type { ServerOptions } from 'node:https';

/**
 * Options of `https.createServer` for a server judged by `delegatedAuth`: every client may connect and is asked for a
 * certificate; who it is gets decided per request against the cluster's current CAs. Certificate and key are PEM.
 */
export function aggregatedTlsOptions(serving: { readonly cert: string; readonly key: string }): ServerOptions {
  return {
    cert: serving.cert,
    key: serving.key,
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: false,
    // A resumed session carries no chain to judge again, so there is no resumption.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}
