import { join } from 'node:path';
import { z } from 'zod';
import type { BackendName, ClusterHandle, ClusterSpec } from '../contracts/backend.ts';
import type { Files } from '../contracts/files.ts';
import { LabError } from '../errors/lab-error.ts';
import { kubeClient } from '../kube/client.ts';
import { type ClusterAccess, kubeconfigText } from '../kube/kubeconfig.ts';
import type { ClusterPki } from './pki/cluster-pki.ts';
import type { PairFiles } from './pki/key-pair.ts';

type Place = Pick<ClusterSpec, 'lab' | 'labDir'>;

const Version = z.object({ gitVersion: z.string(), platform: z.string() });

/**
 * Writes the lab's kubeconfig: its administrator, and beside it the user `nobody`, who belongs to no group: `kubectl --user
 * nobody` shows what RBAC refuses. Returns the administrator's access. Raises ML-STATE-IO.
 */
export function writeLabKubeconfig(files: Files, spec: Place, pki: ClusterPki, server: string): ClusterAccess {
  const { cert, key } = pki.nobody;
  const nobody = { name: 'nobody', cert: files.readText(cert) ?? '', key: files.readText(key) ?? '' };
  const access = accessOf(files, pki, server, `metrics-lab-${spec.lab}`, pki.admin);
  writeText(files, kubeconfigPath(spec), kubeconfigText(access, [nobody]));
  return access;
}

/** Writes the kubeconfig of one component of the cluster. Raises ML-STATE-IO. */
export function writeComponentKubeconfig(
  files: Files,
  path: string,
  { pki, server, context, pair }: { pki: ClusterPki; server: string; context: string; pair: PairFiles },
): void {
  writeText(files, path, kubeconfigText(accessOf(files, pki, server, context, pair)));
}

/** What `up` is told about a cluster whose API server is a process of the lab. Raises ML-KUBE-*. */
export async function processClusterHandle(
  backend: BackendName,
  spec: Place,
  access: ClusterAccess,
  pki: ClusterPki,
  signal: AbortSignal,
): Promise<ClusterHandle> {
  const client = kubeClient(access);
  try {
    const answer = Version.safeParse(await client.json('GET', '/version', undefined, { signal }));
    if (!answer.success)
      throw new LabError('ML-KUBE-SHAPE', { path: '/version', reason: z.prettifyError(answer.error) });
    return {
      backend,
      kubeconfig: kubeconfigPath(spec),
      context: access.context,
      server: access.server,
      kubernetesVersion: answer.data.gitVersion.replace(/^v/, ''),
      architecture: answer.data.platform.endsWith('/arm64') ? 'arm64' : 'amd64',
      podsRunAs: 'processes',
      scaleToZero: true,
      pki: {
        caCert: pki.ca.cert,
        caKey: pki.ca.key,
        frontProxyCert: pki.frontProxyClient.cert,
        frontProxyKey: pki.frontProxyClient.key,
      },
    };
  } finally {
    client.close();
  }
}

function accessOf(files: Files, pki: ClusterPki, server: string, context: string, pair: PairFiles): ClusterAccess {
  const read = (path: string) => files.readText(path) ?? '';
  return { server, context, ca: read(pki.ca.cert), cert: read(pair.cert), key: read(pair.key) };
}

function writeText(files: Files, path: string, text: string): void {
  if (files.readText(path) !== text) files.writeAtomic(path, text, 0o600);
}

function kubeconfigPath({ labDir }: Place): string {
  return join(labDir, 'kubeconfig');
}
