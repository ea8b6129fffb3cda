import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterPki, ensureClusterPki, issueClient } from '../../src/clusters/pki/cluster-pki.ts';
import { type EmbeddedServer, embeddedServer } from '../../src/minicluster/embedded-server.ts';
import { realClock } from '../../src/platform/clock.ts';
import { nodeFiles } from '../../src/platform/files.ts';

export interface EmbeddedCluster {
  readonly server: EmbeddedServer;
  readonly url: string;
  /** Current context: the administrator; one more user `nobody`, as the corpus wants it. */
  readonly kubeconfig: string;
  readonly pki: ClusterPki;
  stop(): void;
}

/** The embedded API in this process, on a free port, with everything it needs in `dir`. */
export async function startEmbedded(dir: string, log: (line: string) => void = () => {}): Promise<EmbeddedCluster> {
  const ports = { files: nodeFiles, now: () => Date.now() };
  const pkiDir = join(dir, 'pki');
  const pki = ensureClusterPki(ports, pkiDir, { serviceIp: '10.96.0.1', nodeName: 'lab-node' });
  const nobody = issueClient(ports, pkiDir, 'nobody', { commonName: 'nobody', organizations: [] });
  const admin = issueClient(ports, pkiDir, 'corpus-admin', { commonName: 'admin', organizations: ['system:masters'] });
  const read = (path: string) => readFileSync(path, 'utf8');
  const pair = ({ cert, key }: { readonly cert: string; readonly key: string }) => ({
    cert: read(cert),
    key: read(key),
  });
  const server = embeddedServer({
    database: join(dir, 'objects.db'),
    serving: pair(pki.apiServer),
    clientCa: read(pki.ca.cert),
    requestHeaderCa: read(pki.frontProxyCa.cert),
    serviceAccounts: { privateKey: read(pki.serviceAccounts.key), publicKey: read(pki.serviceAccounts.pub) },
    frontProxy: pair(pki.frontProxyClient),
    kubeletClient: pair(pki.apiServerKubeletClient),
    clock: realClock,
    log,
  });
  const port = await server.listen(0);
  const url = `https://127.0.0.1:${port}`;
  const user = (name: string, { cert, key }: { readonly cert: string; readonly key: string }) => ({
    name,
    user: { 'client-certificate': cert, 'client-key': key },
  });
  const kubeconfig = join(dir, 'kubeconfig');
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'admin',
    contexts: [{ name: 'admin', context: { cluster: 'lab', user: 'admin' } }],
    clusters: [{ name: 'lab', cluster: { server: url, 'certificate-authority': pki.ca.cert } }],
    users: [user('admin', admin), user('nobody', nobody)],
  });
  writeFileSync(kubeconfig, text, { mode: 0o600 });
  return { server, url, kubeconfig, pki, stop: () => server[Symbol.dispose]() };
}
