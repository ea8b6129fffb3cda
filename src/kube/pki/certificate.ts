import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.ts';

/** What a certificate says. */
export interface CertificateSubject {
  readonly commonName: string;
  /** Kubernetes reads them as groups. */
  readonly organizations: readonly string[];
}

export interface CertificateRequest {
  readonly subject: CertificateSubject;
  /** `ca`: may sign others. */
  readonly usage: 'ca' | 'serving' | 'client' | 'serving+client';
  /** DNS names and IP addresses of a serving certificate. */
  readonly hosts: readonly string[];
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** P-256, as every key of a lab. */
  readonly publicKey: KeyObject;
  readonly issuer: { readonly subject: CertificateSubject; readonly privateKey: KeyObject };
}

const OID = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;
/** Bits 0 (digitalSignature); 5 and 6 (keyCertSign, cRLSign). */
const KEY_USAGE = { leaf: der.bitString(Buffer.from([0x80]), 7), ca: der.bitString(Buffer.from([0x06]), 1) };
/** RFC 5280 allows 20 bytes; 16 random ones never meet again. */
const SERIAL_BYTES = 16;

/** An X.509 v3 certificate (RFC 5280) as PEM, signed with ECDSA and SHA-256. */
export function signCertificate(request: CertificateRequest): string {
  const algorithm = der.sequence(der.oid(OID.ecdsaWithSha256));
  const toBeSigned = der.sequence(
    der.tagged(0, der.integer(Buffer.from([2])), true), // v3
    der.integer(randomBytes(SERIAL_BYTES)),
    algorithm,
    name(request.issuer.subject),
    der.sequence(der.time(request.notBefore), der.time(request.notAfter)),
    name(request.subject),
    spki(request.publicKey),
    der.tagged(3, der.sequence(...extensions(request)), true),
  );
  const signature = sign('sha256', toBeSigned, request.issuer.privateKey);
  return pem('CERTIFICATE', der.sequence(toBeSigned, algorithm, der.bitString(signature)));
}

function extensions(request: CertificateRequest): Buffer[] {
  const isCa = request.usage === 'ca';
  const purposes = [
    ...(request.usage.includes('serving') ? [OID.serverAuth] : []),
    ...(request.usage.includes('client') ? [OID.clientAuth] : []),
  ];
  const authorityKey = createPublicKey(request.issuer.privateKey);
  return [
    extension(OID.basicConstraints, isCa ? der.sequence(der.boolean(true)) : der.sequence(), true),
    extension(OID.keyUsage, isCa ? KEY_USAGE.ca : KEY_USAGE.leaf, true),
    extension(OID.subjectKeyIdentifier, der.octetString(keyId(request.publicKey))),
    extension(OID.authorityKeyIdentifier, der.sequence(der.tagged(0, keyId(authorityKey), false))),
    ...(purposes.length === 0 ? [] : [extension(OID.extendedKeyUsage, der.sequence(...purposes.map(der.oid)))]),
    ...(request.hosts.length === 0
      ? []
      : [extension(OID.subjectAltName, der.sequence(...request.hosts.map(generalName)))]),
  ];
}

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return der.sequence(der.oid(id), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
}

function name({ organizations, commonName }: CertificateSubject): Buffer {
  const part = (id: string, text: string) => der.setOf(der.sequence(der.oid(id), der.utf8String(text)));
  return der.sequence(...organizations.map((text) => part(OID.organization, text)), part(OID.commonName, commonName));
}

function generalName(host: string): Buffer {
  const version = isIP(host);
  if (version === 0) return der.tagged(2, Buffer.from(host, 'ascii'), false);
  return der.tagged(7, version === 4 ? Buffer.from(host.split('.').map(Number)) : ipv6Bytes(host), false);
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail ?? '')];
  return Buffer.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** RFC 5280, 4.2.1.2 (1): SHA-1 of the public key's bits, which in a P-256 SPKI are its last 65 bytes. */
function keyId(key: KeyObject): Buffer {
  return createHash('sha1').update(spki(key).subarray(-65)).digest();
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').replaceAll(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
