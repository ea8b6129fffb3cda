import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueClient } from '../../src/clusters/pki/cluster-pki.ts';
import type { KubeClient } from '../../src/contracts/kube-client.ts';
import { DEFAULT_FLAGS } from '../../src/hpa/index.ts';
import { kubeClient } from '../../src/kube/client.ts';
import type { MetricsClient } from '../../src/minicluster/controllers/hpa/fetch-metrics.ts';
import { type RunningControllers, startControllers } from '../../src/minicluster/controllers/start.ts';
import { realClock } from '../../src/platform/clock.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { type EmbeddedCluster, startEmbedded } from './embedded-cluster.ts';

const HPA_USER = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';

export interface ControlledCluster extends EmbeddedCluster {
  /** As administrator. */
  readonly client: KubeClient;
  readonly controllers: RunningControllers;
}

/** The embedded API with its controllers in this process. `log` is told what they complain about. */
export async function startControlled(
  dir: string,
  log: (line: string) => void,
  syncSeconds = 1,
  metrics?: MetricsClient,
  nodeGraceSeconds?: number,
): Promise<ControlledCluster> {
  const cluster = await startEmbedded(dir, log);
  const { pki, url: server } = cluster;
  const pair = issueClient({ files: nodeFiles, now: Date.now }, join(dir, 'pki'), 'hpa', {
    commonName: HPA_USER,
    organizations: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  });
  const read = (path: string) => readFileSync(path, 'utf8');
  const ca = read(pki.ca.cert);
  const as = (context: string, { cert, key }: { readonly cert: string; readonly key: string }) =>
    kubeClient({ server, context, ca, cert: read(cert), key: read(key) });
  const own = as('hpa', pair);
  const client = as('admin', pki.admin);
  const stop = new AbortController();
  const platform = { minor: 36, arch: 'amd64', gates: { HPAScaleToZero: true } } as const;
  const hpa = { platform, flags: DEFAULT_FLAGS, syncPeriodSeconds: syncSeconds, metrics: metrics ?? own };
  const controllers = startControllers({
    ...cluster.server,
    clock: realClock,
    signal: stop.signal,
    log,
    ca,
    disabled: [],
    ...(nodeGraceSeconds === undefined ? {} : { nodeGraceSeconds }),
    hpa,
  });
  return {
    ...cluster,
    client,
    controllers,
    stop: () => {
      stop.abort();
      client.close();
      own.close();
      cluster.stop();
    },
  };
}
