import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyObject } from '../../../src/kube/apply.ts';
import { apiServiceNames, metricsServerManifests, servingHosts } from '../../../src/metrics-server/manifests.ts';
import { freePort } from '../../../src/platform/free-port.ts';
import { MetricsServerProcess } from '../../helpers/metrics-server-process.ts';
import { binDir } from '../../helpers/real-binaries.ts';
import { RealCluster } from '../../helpers/real-cluster.ts';

const USER = 'metrics-lab-metrics-server';
const APIS = ['external', 'custom'] as const;

/** A real cluster with a metrics server that it asks. */
export class MetricsCluster {
  readonly cluster: RealCluster = new RealCluster();
  /** Where the Service stands; made by the test. */
  readonly namespace: string;
  readonly token: string = 'test-token';
  server: MetricsServerProcess | undefined;

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** Starts the metrics server (anew, on a port of its own) and registers it. `more`: of its configuration. */
  async startServer(more: Readonly<Record<string, unknown>>, compiled = false): Promise<MetricsServerProcess> {
    const { cluster, namespace } = this;
    await this.server?.close();
    const port = await freePort();
    const serving = cluster.servingPair('metrics-server', servingHosts(namespace));
    const tokenFile = join(cluster.dir, 'write-token');
    writeFileSync(tokenFile, this.token, { mode: 0o600 });
    const caBundle = readFileSync(cluster.pki.ca.cert, 'utf8');
    const identity = { kind: 'User', name: USER } as const;
    for (const object of metricsServerManifests({ lab: 'test', namespace, port, caBundle, identity, apis: APIS }))
      await applyObject(cluster.client, object, 'test');
    this.server = await MetricsServerProcess.start(
      cluster.dir,
      {
        listen: { port },
        kubeconfigFile: cluster.kubeconfig(cluster.clientPair(USER), 'metrics-server'),
        serving: { certFile: serving.cert, keyFile: serving.key },
        write: { tokenFile },
        ...more,
      },
      compiled,
    );
    return this.server;
  }

  /** `Passed`, or what the aggregator says about an APIService. */
  async available(): Promise<string> {
    for (const name of apiServiceNames(APIS)) {
      const found = JSON.stringify(
        await this.cluster.client.json('GET', `/apis/apiregistration.k8s.io/v1/apiservices/${name}`),
      );
      if (!found.includes('"reason":"Passed"')) return found.slice(-300);
    }
    return 'Passed';
  }

  kubectl(...args: readonly string[]): string {
    const kubeconfig = join(this.cluster.dir, 'admin.kubeconfig');
    const cache = join(this.cluster.dir, 'kubectl-cache');
    return execFileSync(join(binDir(), 'kubectl'), ['--kubeconfig', kubeconfig, '--cache-dir', cache, ...args], {
      encoding: 'utf8',
    });
  }

  /** Writes a value through the write endpoint; resolves to the HTTP status. */
  async write(path: string, value: string): Promise<number> {
    const answer = await fetch(`${this.server?.writeUrl}/write-metrics/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
    await answer.text();
    return answer.status;
  }

  async close(): Promise<void> {
    await this.server?.close();
    await this.cluster.close();
  }
}
