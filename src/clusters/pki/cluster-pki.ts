import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  type Authority,
  ensureAuthority,
  ensureLeaf,
  ensureSigningKey,
  type LeafWish,
  type PairFiles,
  type PkiPorts,
} from './key-pair.ts';

/** Everything a control plane needs to trust itself, in the layout of kubeadm (kubernetes.io/docs/setup/best-practices/certificates). */
export interface ClusterPki {
  readonly dir: string;
  readonly ca: PairFiles;
  readonly etcdCa: PairFiles;
  /** Signs only the certificate with which the API server introduces users to aggregated servers. */
  readonly frontProxyCa: PairFiles;
  readonly frontProxyClient: PairFiles;
  /**
   * Whose clients the API server recognises: those of `ca`, and the front proxy itself, which is then a client without rights
   * when it names nobody, as on clusters with one CA for both (upstream's recorded answers expect it). Whoever holds the
   * front-proxy CA can name any user anyway.
   */
  readonly clientCas: string;
  readonly apiServer: PairFiles;
  readonly apiServerEtcdClient: PairFiles;
  readonly apiServerKubeletClient: PairFiles;
  readonly etcd: PairFiles;
  readonly admin: PairFiles;
  /** A user without groups: who may do what everybody may. */
  readonly nobody: PairFiles;
  readonly node: PairFiles;
  readonly controllerManager: PairFiles;
  readonly controllerManagerServing: PairFiles;
  readonly scheduler: PairFiles;
  readonly schedulerServing: PairFiles;
  readonly serviceAccounts: { readonly key: string; readonly pub: string };
  /** Changes when any certificate or the token key changes: whoever holds them must then be restarted. */
  readonly fingerprint: string;
}

export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost'];
const CA_NAME = 'metrics-lab';

/**
 * Makes what is missing, torn, about to end or signed by another authority, and keeps the rest. `serviceIp`: the first address
 * of the Service range; `nodeName`: whose kubelet certificate is made. Folder 0700, keys 0600. Raises ML-STATE-IO.
 */
export function ensureClusterPki(
  ports: PkiPorts,
  dir: string,
  options: { readonly serviceIp: string; readonly nodeName: string },
): ClusterPki {
  ports.files.ensureDir(dir, 0o700);
  const ca = ensureAuthority(ports, dir, 'ca', CA_NAME);
  const etcdCa = ensureAuthority(ports, dir, 'etcd-ca', `${CA_NAME}-etcd`);
  const frontProxyCa = ensureAuthority(ports, dir, 'front-proxy-ca', `${CA_NAME}-front-proxy`);
  const leaf = (name: string, authority: Authority, wish: LeafWish) => ensureLeaf(ports, dir, name, authority, wish);
  const pki = {
    apiServer: leaf('apiserver', ca, serving('kube-apiserver', [...apiServerNames(), options.serviceIp])),
    apiServerKubeletClient: leaf('apiserver-kubelet-client', ca, client('kube-apiserver-kubelet-client', MASTERS)),
    etcd: leaf('etcd', etcdCa, { ...serving('etcd', LOOPBACK_HOSTS), usage: 'serving+client' }),
    apiServerEtcdClient: leaf('apiserver-etcd-client', etcdCa, client('kube-apiserver-etcd-client')),
    frontProxyClient: leaf('front-proxy-client', frontProxyCa, client('front-proxy-client')),
    admin: leaf('admin', ca, client('admin', MASTERS)),
    nobody: leaf('nobody', ca, client('nobody')),
    node: leaf('node', ca, client(`system:node:${options.nodeName}`, ['system:nodes'])),
    controllerManager: leaf('controller-manager', ca, client('system:kube-controller-manager')),
    controllerManagerServing: leaf('controller-manager-serving', ca, serving('controller-manager', LOOPBACK_HOSTS)),
    scheduler: leaf('scheduler', ca, client('system:kube-scheduler')),
    schedulerServing: leaf('scheduler-serving', ca, serving('scheduler', LOOPBACK_HOSTS)),
  };
  const serviceAccounts = ensureSigningKey(ports, dir, 'sa');
  const public_ = [ca, etcdCa, frontProxyCa, ...Object.values(pki)].map(({ cert }) => cert);
  const fingerprint = hashOf(ports, [...public_, serviceAccounts.pub]);
  const plain = ({ cert, key }: PairFiles): PairFiles => ({ cert, key });
  return {
    ...pki,
    dir,
    clientCas: ensureBundle(ports, join(dir, 'client-cas.crt'), [ca.cert, frontProxyCa.cert]),
    ca: plain(ca),
    etcdCa: plain(etcdCa),
    frontProxyCa: plain(frontProxyCa),
    serviceAccounts,
    fingerprint,
  };
}

/** The lab's CA, made when it is missing: the path of its certificate. Raises ML-STATE-IO. */
export function issueAuthority(ports: PkiPorts, pkiDir: string): string {
  ports.files.ensureDir(pkiDir, 0o700);
  return ensureAuthority(ports, pkiDir, 'ca', CA_NAME).cert;
}

/**
 * A serving certificate of the lab's CA for one more server (metrics server, node): `<name>.crt` and `.key` beside the CA.
 * `hosts`: DNS names and IP addresses. The one that is there is kept while it holds. Raises ML-STATE-IO.
 */
export function issueServing(ports: PkiPorts, pkiDir: string, name: string, hosts: readonly string[]): PairFiles {
  const ca = ensureAuthority(ports, pkiDir, 'ca', CA_NAME);
  return ensureLeaf(ports, pkiDir, name, ca, serving(name, hosts));
}

/** A client certificate of the lab's CA: the API server sees `commonName` as the user, `organizations` as groups. */
export function issueClient(
  ports: PkiPorts,
  pkiDir: string,
  name: string,
  subject: { readonly commonName: string; readonly organizations: readonly string[] },
): PairFiles {
  const ca = ensureAuthority(ports, pkiDir, 'ca', CA_NAME);
  return ensureLeaf(ports, pkiDir, name, ca, { subject, usage: 'client', hosts: [] });
}

/** Several certificates in one file. */
function ensureBundle({ files }: PkiPorts, path: string, certificates: readonly string[]): string {
  const text = certificates.map((file) => files.readText(file) ?? '').join('');
  if (files.readText(path) !== text) files.writeAtomic(path, text, 0o644);
  return path;
}

const MASTERS: readonly string[] = ['system:masters'];

function serving(commonName: string, hosts: readonly string[]): LeafWish {
  return { subject: { commonName, organizations: [] }, usage: 'serving', hosts };
}

function client(commonName: string, organizations: readonly string[] = []): LeafWish {
  return { subject: { commonName, organizations }, usage: 'client', hosts: [] };
}

function apiServerNames(): readonly string[] {
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  return [...LOOPBACK_HOSTS, '::1', ...service];
}

function hashOf({ files }: PkiPorts, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(files.readText(path) ?? '');
  return hash.digest('hex').slice(0, 16);
}
