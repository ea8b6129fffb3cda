import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Files } from '../../contracts/files.ts';
import { type CertificateRequest, type CertificateSubject, signCertificate } from '../../kube/pki/certificate.ts';

export interface PkiPorts {
  readonly files: Files;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Paths of a certificate and its private key. */
export interface PairFiles {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends PairFiles {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
  readonly subject: CertificateSubject;
}

export type LeafWish = Pick<CertificateRequest, 'subject' | 'usage' | 'hosts'>;

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const LEAF_DAYS = 365;
/** What ends sooner than this is made anew. */
const RENEW_BEFORE_MS = 30 * DAY_MS;
/** For clocks that do not quite agree. */
const BACKDATE_MS = 5 * 60_000;

export function pairFiles(dir: string, name: string): PairFiles {
  return { cert: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) };
}

/** The authority in these files; made when it is missing, half written, or about to end. Raises ML-STATE-IO. */
export function ensureAuthority(ports: PkiPorts, dir: string, name: string, commonName: string): Authority {
  const files = pairFiles(dir, name);
  const subject: CertificateSubject = { commonName, organizations: [] };
  const found = readPair(ports, files);
  if (found?.certificate.ca === true && found.certificate.verify(found.certificate.publicKey)) {
    return { ...files, ...found, subject };
  }
  const { privateKey, publicKey } = newKeys();
  const wish = { subject, usage: 'ca', hosts: [] } as const;
  writePair(ports, files, privateKey, {
    ...wish,
    publicKey,
    issuer: { subject, privateKey },
    ...validity(ports, CA_DAYS),
  });
  return { ...files, privateKey, subject, certificate: new X509Certificate(ports.files.readText(files.cert) ?? '') };
}

/** A certificate that says this and nothing else, signed by this authority; the one that is there when it still holds. */
export function ensureLeaf(
  ports: PkiPorts,
  dir: string,
  name: string,
  authority: Authority,
  wish: LeafWish,
): PairFiles {
  const files = pairFiles(dir, name);
  const found = readPair(ports, files);
  if (found !== undefined && says(found.certificate, wish) && isSignedBy(found.certificate, authority)) return files;
  const { privateKey, publicKey } = newKeys();
  writePair(ports, files, privateKey, { ...wish, publicKey, issuer: authority, ...validity(ports, LEAF_DAYS) });
  return files;
}

/** The key pair that signs service-account tokens: private key and, beside it, the public key alone. */
export function ensureSigningKey({ files }: PkiPorts, dir: string, name: string): { key: string; pub: string } {
  const paths = { key: join(dir, `${name}.key`), pub: join(dir, `${name}.pub`) };
  let key = readKey(files.readText(paths.key));
  if (key === undefined) {
    key = newKeys().privateKey;
    files.writeAtomic(paths.key, keyPem(key), 0o600);
  }
  const pub = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  if (files.readText(paths.pub) !== pub) files.writeAtomic(paths.pub, pub, 0o644);
  return paths;
}

function newKeys(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function validity({ now }: PkiPorts, days: number): { readonly notBefore: number; readonly notAfter: number } {
  return { notBefore: now() - BACKDATE_MS, notAfter: now() + days * DAY_MS };
}

/** Key first: a certificate without its key is then never newer than the key, and a torn pair shows as one that does not fit. */
function writePair({ files }: PkiPorts, pair: PairFiles, key: KeyObject, request: CertificateRequest): void {
  files.writeAtomic(pair.key, keyPem(key), 0o600);
  files.writeAtomic(pair.cert, signCertificate(request), 0o644);
}

function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A pair that fits together and is valid long enough; undefined for anything else. */
function readPair(
  { files, now }: PkiPorts,
  pair: PairFiles,
): { readonly certificate: X509Certificate; readonly privateKey: KeyObject } | undefined {
  const certificate = readCertificate(files.readText(pair.cert));
  const privateKey = readKey(files.readText(pair.key));
  if (certificate === undefined || privateKey === undefined || !certificate.checkPrivateKey(privateKey))
    return undefined;
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  return from <= now() && to - RENEW_BEFORE_MS > now() ? { certificate, privateKey } : undefined;
}

/** OpenSSL's words for damaged PEM change with its version: whatever it throws, this is no certificate. */
function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function readKey(pem: string | undefined): KeyObject | undefined {
  try {
    return pem === undefined ? undefined : createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

const PURPOSES = { serving: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

function says(certificate: X509Certificate, wish: LeafWish): boolean {
  const { organizations, commonName } = wish.subject;
  const subject = [...organizations.map((text) => `O=${text}`), `CN=${commonName}`].join('\n');
  const purposes = Object.entries(PURPOSES).filter(([usage]) => wish.usage.includes(usage));
  const has = new Set(certificate.keyUsage ?? []);
  const names = (certificate.subjectAltName ?? '').split(', ').filter((entry) => entry !== '');
  return (
    certificate.subject === subject &&
    has.size === purposes.length &&
    purposes.every(([, id]) => has.has(id)) &&
    names.length === wish.hosts.length &&
    wish.hosts.every((host) => certificate.checkHost(host) !== undefined || certificate.checkIP(host) !== undefined)
  );
}

function isSignedBy(certificate: X509Certificate, authority: Authority): boolean {
  return certificate.checkIssued(authority.certificate) && certificate.verify(authority.certificate.publicKey);
}
