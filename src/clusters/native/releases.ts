import { LabError } from '../../errors/lab-error.ts';

export type Architecture = 'amd64' | 'arm64';

/** Where releases come from; other values in tests and for mirrors. No slash at the end. */
export interface ReleaseSources {
  /** `<kubernetes>/v1.36.3/bin/linux/amd64/kube-apiserver` and, beside it, `.sha256`. */
  readonly kubernetes: string;
  /** `<etcd>/v3.6.8/etcd-v3.6.8-linux-amd64.tar.gz` and, beside it, `SHA256SUMS`. */
  readonly etcd: string;
}

export const OFFICIAL_SOURCES: ReleaseSources = {
  kubernetes: 'https://dl.k8s.io/release',
  etcd: 'https://github.com/etcd-io/etcd/releases/download',
};

/** What `up` takes when no version is named. */
export const DEFAULT_KUBERNETES = '1.36.3';

/** One file to fetch. */
export interface Release {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly digestUrl: string;
  /** Name of the file in a list of digests; undefined when the digest stands alone. */
  readonly listedAs?: string;
  /** Member of the tarball that is the binary; undefined when the file is the binary itself. */
  readonly member?: string;
}

/** From which Kubernetes minor version on which etcd is taken: what kubeadm of that version installs, or a later patch of it. */
const ETCD_BY_MINOR: readonly (readonly [fromMinor: number, etcd: string])[] = [
  [34, '3.6.8'],
  [0, '3.5.21'],
];

/** `1.36.3` out of what the user wrote (`v1.36.3` too). Raises ML-NATIVE-VERSION. */
export function parseVersion(text: string): string {
  const match = /^v?(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?)$/.exec(text);
  if (match?.[1] === undefined) throw new LabError('ML-NATIVE-VERSION', { version: text });
  return match[1];
}

/** The etcd release that goes with a version of Kubernetes. */
export function etcdFor(kubernetes: string): string {
  const minor = Number(kubernetes.split('.')[1]);
  return ETCD_BY_MINOR.find(([from]) => minor >= from)?.[1] ?? '3.5.21';
}

/** Where the binary `name` of a cluster of this Kubernetes version is published. */
export function releaseOf(sources: ReleaseSources, name: string, kubernetes: string, arch: Architecture): Release {
  if (name !== 'etcd') {
    const url = `${sources.kubernetes}/v${kubernetes}/bin/linux/${arch}/${name}`;
    return { name, version: `v${kubernetes}`, url, digestUrl: `${url}.sha256` };
  }
  const version = `v${etcdFor(kubernetes)}`;
  const folder = `etcd-${version}-linux-${arch}`;
  const base = `${sources.etcd}/${version}`;
  return {
    name,
    version,
    url: `${base}/${folder}.tar.gz`,
    digestUrl: `${base}/SHA256SUMS`,
    listedAs: `${folder}.tar.gz`,
    member: `${folder}/etcd`,
  };
}

/** The SHA-256 (hex) in a published digest file: alone, or in the line of `listedAs`. Undefined when there is none. */
export function digestIn(text: string, listedAs?: string): string | undefined {
  for (const line of text.split('\n')) {
    const match = /^\s*([0-9a-f]{64})(?:\s+[ *]?(\S+))?\s*$/i.exec(line);
    if (match?.[1] === undefined) continue;
    if (listedAs === undefined || match[2] === listedAs) return match[1].toLowerCase();
  }
  return undefined;
}
