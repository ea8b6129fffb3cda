import type { X509Certificate } from 'node:crypto';
import { describe } from '../../errors/lab-error.ts';
import { type CertificateDetails, certificateDetails } from './der.ts';

/** Result of judging a client certificate. `validUntilMs` is the first moment at which the chain is not valid any more. */
export type ChainVerdict =
  | { readonly ok: true; readonly leaf: CertificateDetails; readonly validUntilMs: number }
  | { readonly ok: false; readonly cause: string };

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';
/** Critical extensions whose meaning is respected here; any other one makes the certificate unusable (RFC 5280 4.2). */
const KNOWN_CRITICAL: ReadonlySet<string> = new Set(['2.5.29.15', '2.5.29.19', '2.5.29.37', '2.5.29.17']);
/** Enough for every real hierarchy, small enough that nobody makes us search. */
const MAX_DEPTH = 6;
const MAX_SIGNATURES = 40;

interface Search {
  readonly intermediates: readonly X509Certificate[];
  readonly roots: readonly X509Certificate[];
  readonly nowMs: number;
  signatures: number;
}

/**
 * Judges a certificate as Go's `Certificate.Verify` does with KeyUsages = ClientAuth (crypto/x509 verify.go): a chain to
 * one of `roots` whose every member is in its time, may sign (all but the first) and allows client authentication.
 * `chain[0]` is the client's own certificate, the others are the intermediates that it sent. Never throws.
 */
export function verifyClientChain(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  nowMs: number,
): ChainVerdict {
  const [leaf, ...intermediates] = chain;
  if (leaf === undefined) return { ok: false, cause: 'no certificate' };
  try {
    const unfit = unfitness(leaf, nowMs);
    if (unfit !== undefined) return { ok: false, cause: `certificate of ${nameOf(leaf)}: ${unfit}` };
    const path = climb([leaf], { intermediates, roots, nowMs, signatures: 0 });
    if (path === undefined)
      return { ok: false, cause: `certificate of ${nameOf(leaf)}: signed by an unknown authority` };
    const ends = path.map((one) => one.validToDate.getTime());
    return { ok: true, leaf: certificateDetails(leaf.raw), validUntilMs: Math.min(...ends) };
  } catch (error) {
    return { ok: false, cause: `certificate of ${nameOf(leaf)}: ${describe(error)}` };
  }
}

/** The first path from the last member of `path` to a root, or undefined. */
function climb(path: readonly X509Certificate[], search: Search): readonly X509Certificate[] | undefined {
  const child = path.at(-1);
  if (child === undefined) return undefined;
  if (search.roots.some((root) => root.raw.equals(child.raw))) return path;
  for (const root of search.roots) {
    if (mayIssue(root, child, path, search)) return [...path, root];
  }
  if (path.length >= MAX_DEPTH) return undefined;
  for (const between of search.intermediates) {
    if (path.some((one) => one.raw.equals(between.raw)) || !mayIssue(between, child, path, search)) continue;
    const found = climb([...path, between], search);
    if (found !== undefined) return found;
  }
  return undefined;
}

function mayIssue(
  issuer: X509Certificate,
  child: X509Certificate,
  path: readonly X509Certificate[],
  search: Search,
): boolean {
  // `ca` is basicConstraints CA and, when there is a key usage, certSign.
  if (!issuer.ca || !child.checkIssued(issuer) || unfitness(issuer, search.nowMs) !== undefined) return false;
  const limit = certificateDetails(issuer.raw).pathLength;
  if (limit !== undefined && path.length - 1 > limit) return false;
  search.signatures += 1;
  return search.signatures <= MAX_SIGNATURES && child.verify(issuer.publicKey);
}

/** Why a certificate cannot be part of a chain for client authentication now, or undefined. */
function unfitness(certificate: X509Certificate, nowMs: number): string | undefined {
  if (nowMs < certificate.validFromDate.getTime()) return 'not valid yet';
  if (nowMs > certificate.validToDate.getTime()) return 'expired';
  const usages: readonly string[] | undefined = certificate.keyUsage;
  if (usages !== undefined && usages.length > 0 && !usages.includes(CLIENT_AUTH) && !usages.includes(ANY_USAGE))
    return 'not meant for client authentication';
  const unknown = certificateDetails(certificate.raw).criticalExtensions.find((type) => !KNOWN_CRITICAL.has(type));
  return unknown === undefined ? undefined : `unknown critical extension ${unknown}`;
}

function nameOf(certificate: X509Certificate): string {
  return certificate.subject.replaceAll('\n', ', ').slice(0, 200);
}
