import type { KubeClient } from '../../contracts/kube-client.ts';
import {
  apiServiceNames,
  type MetricsApi,
  metricsServerManifests,
  servingHosts,
} from '../../metrics-server/manifests.ts';
import type { StepResult } from '../run-steps.ts';
import { applyAll } from './apply-all.ts';
import { kubeconfigFor, portFor, programComponent, writeOwn } from './program-component.ts';
import { apiServiceAvailable } from './ready.ts';
import { apiComponent, clusterOf, type UpState } from './state.ts';
import { waitFor } from './wait-for.ts';

const NAMESPACE = 'kube-system';
const USER = 'metrics-lab:metrics-server';

const TOKEN_BYTES = 24;

/**
 * What glibc may keep of the freed memory of the metrics server. Its work is done in one thread, so further arenas only cost. Blocks
 * from 64 KiB on, such as the read buffer of a TLS connection, get pages of their own, of which only those in use count.
 */
export const SMALL_MALLOC: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_TOP_PAD_: '16384',
};

/** What a pipeline wants of the metrics server. */
export interface MetricsServing {
  /** `metrics` of its configuration (docs/metrics-server.md). */
  readonly metrics: readonly object[];
  /** `prometheus` of its configuration. */
  readonly prometheus?: readonly object[];
  /** Write endpoints with a token. */
  readonly write?: true;
}

/** Starts the metrics server with these metrics, and registers it with the API server. Custom metrics are registered where some are served. */
export async function ensureMetricsServer(
  state: UpState,
  client: KubeClient,
  serving: MetricsServing,
): Promise<StepResult> {
  const { ports, paths, spec } = state;
  const cluster = clusterOf(state);
  const { prometheus = [] } = serving;
  const custom =
    serving.write === true ||
    serving.metrics.some((metric) => 'object' in metric) ||
    prometheus.some((server) => 'rules' in server);
  const apis: readonly MetricsApi[] = custom ? ['external', 'custom'] : ['external'];
  const port = await portFor(state, 'metricsServer');
  const pair = ports.certificates.serving(cluster, 'metrics-server-serving', servingHosts(NAMESPACE));
  const applied = await applyAll(
    client,
    metricsServerManifests({
      lab: spec.lab,
      namespace: NAMESPACE,
      port,
      caBundle: ports.files.readText(cluster.pki?.caCert ?? '') ?? '',
      identity: { kind: 'User', name: USER },
      apis,
    }),
  );
  const config = {
    kubeconfigFile: kubeconfigFor(state, 'metrics-server', { commonName: USER, organizations: [] }),
    listen: { host: '127.0.0.1', port },
    serving: { certFile: pair.cert, keyFile: pair.key },
    ...(serving.write === true ? { write: await writeConfig(state) } : {}),
    metrics: serving.metrics,
    prometheus,
  };
  const component = programComponent(state, {
    name: 'metrics-server',
    program: 'metrics-server',
    env: {
      METRICS_SERVER_CONFIG: writeOwn(state, 'metrics-server.json', `${JSON.stringify(config, undefined, 2)}\n`),
      ...SMALL_MALLOC,
    },
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
  await waitUntilServed(state, client, apis);
  return { changed: changed || applied.length > 0, ...(component.url === undefined ? {} : { detail: component.url }) };
}

/** An HPA that is looked at before its metrics can be read waits a whole sync period for the next look. */
async function waitUntilServed(
  { ports, spec, options }: UpState,
  client: KubeClient,
  apis: readonly MetricsApi[],
): Promise<void> {
  const { timeoutMs } = options;
  const served = apiServiceNames(apis).map((name) => apiServiceAvailable(client, name));
  await waitFor(served, { ...ports, lab: spec.lab, step: 'metrics-server', timeoutMs });
}

async function writeConfig(state: UpState): Promise<object> {
  const { files, randomToken } = state.ports;
  const { writeToken } = state.paths;
  if ((files.readText(writeToken)?.trim() ?? '') === '')
    files.writeAtomic(writeToken, `${randomToken(TOKEN_BYTES)}\n`, 0o600);
  return { host: '127.0.0.1', port: await portFor(state, 'metricsWrite'), tokenFile: writeToken };
}
