import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** More than any chain that `verifyClientChain` accepts. */
const MAX_CERTIFICATES = 10;
const NONE: readonly X509Certificate[] = [];
const known = new WeakMap<TLSSocket, readonly X509Certificate[]>();

/** The certificates that the client of a request sent, its own first; empty when it sent none or the link is not TLS. */
export function peerCertificates(request: IncomingMessage): readonly X509Certificate[] {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return NONE;
  const before = known.get(socket);
  if (before !== undefined) return before;
  const chain: X509Certificate[] = [];
  let next = socket.getPeerCertificate(true);
  // Node ends the list at a self-signed certificate, which names itself as its issuer.
  while (next?.raw !== undefined && chain.length < MAX_CERTIFICATES) {
    const certificate = new X509Certificate(next.raw);
    if (chain.some((one) => one.raw.equals(certificate.raw))) break;
    chain.push(certificate);
    next = next.issuerCertificate;
  }
  known.set(socket, chain);
  return chain;
}
