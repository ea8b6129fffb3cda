import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { signCertificate } from '../kube/pki/certificate.ts';
import type { ServingPair } from './http/api-server.ts';

const DAY_MS = 86_400_000;
const DAYS = 365;
/** For clocks that do not quite agree. */
const BACKDATE_MS = 5 * 60_000;
const CA = { commonName: 'metrics-server-ca', organizations: [] };

/**
 * A serving certificate out of an authority that signs nothing else and whose key is thrown away. `caBundle` (PEM) belongs into the APIService; `hosts`: DNS names
 * and IP addresses; `now`: epoch milliseconds.
 */
export function selfMadeServing(hosts: readonly string[], now: number): ServingPair & { readonly caBundle: string } {
  const [authority, leaf] = [newKeys(), newKeys()];
  const common = {
    notBefore: now - BACKDATE_MS,
    notAfter: now + DAYS * DAY_MS,
    issuer: { subject: CA, privateKey: authority.privateKey },
  };
  const subject = { commonName: 'metrics-server', organizations: [] };
  return {
    caBundle: signCertificate({ ...common, subject: CA, usage: 'ca', hosts: [], publicKey: authority.publicKey }),
    cert: signCertificate({ ...common, subject, usage: 'serving', hosts, publicKey: leaf.publicKey }),
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function newKeys(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}
