import { X509Certificate } from 'node:crypto';
import { type Check, check } from '../report.ts';
import type { ApiServiceObject, Backend } from './api-service.ts';
import type { ClusterReader } from './cluster-reader.ts';

/** What Go and Node say of a certificate that they do not trust. */
const TLS_FAULT = /x509:|tls: |certificate|altnames/i;

/**
 * Whether the API server trusts the adapter. It is asked for something of the adapter's, since it is the one that has to. Where the condition
 * Available knows already, nothing comes through; before that (and where the availability controller does not verify, as in older versions of
 * kube-aggregator's remote_available_controller.go) the answer says it. Raises ML-KUBE-UNREACHABLE.
 */
export async function tlsCheck(
  cluster: ClusterReader,
  { metadata, spec, status: { conditions } }: ApiServiceObject,
  { name, namespace }: Backend,
  id: string,
): Promise<Check> {
  if (spec.insecureSkipTLSVerify === true) {
    return check(id, 'warning', `APIService ${metadata.name} does not verify TLS (insecureSkipTLSVerify)`, {
      fix: 'set spec.caBundle to the CA of the adapter’s certificate, and take insecureSkipTLSVerify out',
    });
  }
  const ca = Buffer.from(spec.caBundle ?? '', 'base64').toString('utf8');
  const bundle = ca === '' ? undefined : bundleOf(ca);
  if (bundle instanceof Error) {
    return check(id, 'broken', `the caBundle of APIService ${metadata.name} is no certificate`, {
      evidence: [`computed: caBundle: ${String(bundle)}`],
      fix: 'set spec.caBundle to the PEM of the CA, in base64',
    });
  }
  if (bundle !== undefined && Date.parse(bundle.validTo) < cluster.reader.now()) {
    return check(id, 'broken', `the caBundle of APIService ${metadata.name} has expired`, {
      evidence: [`computed: valid until ${bundle.validTo}`],
      fix: 'renew the CA and the certificate of the adapter, and set spec.caBundle to the new CA',
    });
  }
  const path = `/apis/${spec.group}/${spec.version}`;
  const { status, text } = await tried(cluster, path);
  const told = conditions.find(({ type, status: value }) => type === 'Available' && value === 'False')?.message ?? '';
  const faults = [
    ...(status === 503 && TLS_FAULT.test(text) ? [`observed: GET ${path}: 503 ${text}`] : []),
    ...(TLS_FAULT.test(told) ? [`observed: condition Available=False: ${told}`] : []),
  ];
  const servername = `${name}.${namespace}.svc`;
  if (faults.length > 0) {
    return check(id, 'broken', `the API server does not trust the certificate of the adapter as ${servername}`, {
      evidence: faults,
      fix: `issue a certificate for ${servername} from the CA of spec.caBundle, or put its CA there`,
    });
  }
  const what =
    bundle === undefined
      ? `APIService ${metadata.name} has no caBundle: the roots of the API server count`
      : `the caBundle of APIService ${metadata.name} is valid until ${bundle.validTo}`;
  const trust =
    status === null || status === 503
      ? `unknown: whether the certificate passes as ${servername}: GET ${path}: ${status === null ? '' : '503 '}${text}`
      : `observed: GET ${path} came through the API server, which verifies ${servername}`;
  return check(id, 'ok', what, {
    evidence: [...(bundle === undefined ? [] : [`computed: subject ${bundle.subject.replaceAll('\n', ', ')}`]), trust],
  });
}

function bundleOf(pem: string): X509Certificate | Error {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error;
  }
}

/** The adapter's answer through the API server; a status of null: none that may be seen. */
async function tried(
  cluster: ClusterReader,
  path: string,
): Promise<{ readonly status: number | null; readonly text: string }> {
  const answer = await cluster.reader.ask(path, { what: `get ${path}`, rule: null });
  if (answer === null)
    return { status: null, text: cluster.reader.unread.findLast((each) => each.path === path)?.message ?? 'no answer' };
  const { status, body } = answer;
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : body;
  return { status, text: typeof message === 'string' ? message.trim() : '' };
}
