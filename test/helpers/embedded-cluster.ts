import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeLabKubeconfig } from '../../src/clusters/lab-access.ts';
import { type ClusterPki, ensureClusterPki } from '../../src/clusters/pki/cluster-pki.ts';
import { type EmbeddedServer, embeddedServer } from '../../src/minicluster/embedded-server.ts';
import { realClock } from '../../src/platform/clock.ts';
import { nodeFiles } from '../../src/platform/files.ts';

export interface EmbeddedCluster {
  readonly server: EmbeddedServer;
  readonly url: string;
  /** The one of a lab: current context the administrator, one more user `nobody`. */
  readonly kubeconfig: string;
  readonly pki: ClusterPki;
  stop(): void;
}

/** The embedded API in this process, with everything it needs in `dir`. Port 0: a free one. */
export async function startEmbedded(
  dir: string,
  log: (line: string) => void = () => {},
  wantedPort = 0,
): Promise<EmbeddedCluster> {
  const ports = { files: nodeFiles, now: () => Date.now() };
  const pkiDir = join(dir, 'pki');
  const pki = ensureClusterPki(ports, pkiDir, { serviceIp: '10.96.0.1', nodeName: 'lab-node' });
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
    afterTurn: setImmediate,
    fatal: (error) => {
      throw error;
    },
  });
  const port = await server.listen(wantedPort);
  const url = `https://127.0.0.1:${port}`;
  writeLabKubeconfig(nodeFiles, { lab: 'lab', labDir: dir }, pki, url);
  const kubeconfig = join(dir, 'kubeconfig');
  return { server, url, kubeconfig, pki, stop: () => server[Symbol.dispose]() };
}
