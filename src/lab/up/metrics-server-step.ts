import type { KubeClient } from '../../contracts/kube-client.ts';
import { metricsServerManifests, servingHosts } from '../../metrics-server/manifests.ts';
import { queueMetrics } from '../../workload/queue-metrics.ts';
import type { PairFiles } from '../ports.ts';
import type { StepResult } from '../run-steps.ts';
import { applyAll } from './apply-all.ts';
import { kubeconfigFor, portFor, programComponent, writeOwn } from './program-component.ts';
import { apiServiceAvailable } from './ready.ts';
import { apiComponent, clusterOf, type UpState } from './state.ts';
import { waitFor } from './wait-for.ts';

const NAMESPACE = 'kube-system';
const USER = 'metrics-lab:metrics-server';

/** Starts the metrics server with the lab's queue as its source, and registers it with the API server. */
export async function ensureMetricsServer(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, paths, spec } = state;
  const cluster = clusterOf(state);
  const port = await portFor(state, 'metricsServer');
  const serving = ports.certificates.serving(cluster, 'metrics-server-serving', servingHosts(NAMESPACE));
  const applied = await applyAll(
    client,
    metricsServerManifests({
      lab: spec.lab,
      namespace: NAMESPACE,
      port,
      caBundle: ports.files.readText(cluster.pki?.caCert ?? '') ?? '',
      identity: { kind: 'User', name: USER },
      apis: ['external'],
    }),
  );
  const config = serverConfig(state, port, serving);
  const component = programComponent(state, {
    name: 'metrics-server',
    program: 'metrics-server',
    env: { METRICS_SERVER_CONFIG: writeOwn(state, 'metrics-server.json', `${JSON.stringify(config, undefined, 2)}\n`) },
    after: [apiComponent(state)],
    port,
    healthPath: '/readyz',
    graceSeconds: 5,
  });
  const { changed } = await ports.components(paths.dir).ensure(component, {
    timeoutMs: state.options.timeoutMs,
    signal: ports.signal,
    onWaiting: (text) => ports.io.emit({ type: 'step.progress', step: 'metrics-server', text }),
  });
  await waitUntilServed(state, client);
  return { changed: changed || applied.length > 0, ...(component.url === undefined ? {} : { detail: component.url }) };
}

/** An HPA that is looked at before its metrics can be read waits a whole sync period for the next look. */
async function waitUntilServed({ ports, spec, options }: UpState, client: KubeClient): Promise<void> {
  const { timeoutMs } = options;
  const served = apiServiceAvailable(client, 'v1beta1.external.metrics.k8s.io');
  await waitFor([served], { ...ports, lab: spec.lab, step: 'metrics-server', timeoutMs });
}

function serverConfig(state: UpState, port: number, serving: PairFiles): object {
  const { paths, spec } = state;
  return {
    kubeconfigFile: kubeconfigFor(state, 'metrics-server', { commonName: USER, organizations: [] }),
    listen: { host: '127.0.0.1', port },
    serving: { certFile: serving.cert, keyFile: serving.key },
    metrics: queueMetrics(spec.queue, paths.queueUrl).map(({ metric, source }) => ({
      name: metric,
      namespace: spec.namespace,
      source,
    })),
  };
}
