import { join } from 'node:path';
import { PROCESS_BACKENDS } from '../../contracts/backend.ts';
import type { ComponentSpec } from '../../contracts/component.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { pathOf } from '../../kube/apply.ts';
import { named } from '../../workload/manifests.ts';
import { REQUEST_COUNT, WEB, webHpaManifest, webManifests } from '../../workload/web/manifests.ts';
import type { StepResult } from '../run-steps.ts';
import { applyStep } from '../up/apply-all.ts';
import { ensureMetricsServer } from '../up/metrics-server-step.ts';
import { ensureNode, nodesReady } from '../up/node-step.ts';
import { portFor } from '../up/program-component.ts';
import { apiServiceAvailable, deploymentAvailable, hpaActive, serviceMetricAnswers } from '../up/ready.ts';
import { clientOf, type UpState } from '../up/state.ts';
import { waitFor } from '../up/wait-for.ts';
import type { Pipeline } from './pipeline.ts';

const TOKEN_BYTES = 24;
const NEEDS_A_POD = '1 or more with the pipeline http: without a pod nobody counts requests, and the HPA stays at 0';

/** Web target → monitoring backend → metrics server; the HPA scales the web target on the requests of its Service. */
export const httpPipeline: Pipeline = {
  check: (_ports, { backend, hpa }) => {
    const backends = PROCESS_BACKENDS.join(', ');
    if (!PROCESS_BACKENDS.includes(backend))
      throw new LabError('ML-USAGE-BACKEND-FLAG', { flag: '--pipeline http', backend, backends });
    if (hpa.min === 0) throw new LabError('ML-USAGE-VALUE', { name: 'hpa.min', value: '0', expected: NEEDS_A_POD });
  },
  steps: (state) => {
    const { spec } = state;
    const client = () => clientOf(state);
    return [
      { id: 'monitoring', title: 'monitoring backend', run: () => ensureBackend(state) },
      { id: 'node', title: 'process node', run: () => ensureNode(state, client()) },
      { id: 'workload', title: 'web target', run: () => applyWeb(state, client()) },
      { id: 'metrics-server', title: 'metrics server', run: () => serveRates(state, client()) },
      { id: 'hpa', title: 'HorizontalPodAutoscaler', run: () => applyStep(client(), [webHpaManifest(spec)]) },
      { id: 'ready', title: 'everything ready', run: () => waitReady(state, client()) },
    ];
  },
};

/** As a service outside of the cluster: a component of the lab, not a pod. Tokens are files (0600), never arguments. */
async function ensureBackend(state: UpState): Promise<StepResult> {
  const { ports, paths } = state;
  const port = await portFor(state, 'monitoring');
  const [command, ...args] = ports.program('monitoring-backend');
  const url = `http://127.0.0.1:${port}`;
  const component: ComponentSpec = {
    name: 'monitoring',
    command,
    args,
    env: {
      PORT: String(port),
      ACCESS_TOKEN_FILE: tokenFile(state, ACCESS_TOKEN),
      REPORT_KEY_FILE: tokenFile(state, REPORT_KEY),
    },
    after: [],
    health: { kind: 'http', url: `${url}/readyz` },
    graceSeconds: 5,
    logFile: join(paths.logs, 'monitoring.log'),
    url,
  };
  const { changed } = await ports.components(paths.dir).ensure(component, {
    timeoutMs: state.options.timeoutMs,
    signal: ports.signal,
    onWaiting: (text) => ports.io.emit({ type: 'step.progress', step: 'monitoring', text }),
  });
  return { changed, detail: url };
}

const ACCESS_TOKEN = 'monitoring-access.token';
const REPORT_KEY = 'monitoring-report.key';

/** Made once for a lab. */
function tokenFile({ ports, paths }: UpState, name: string): string {
  const path = join(paths.dir, name);
  if ((ports.files.readText(path)?.trim() ?? '') === '')
    ports.files.writeAtomic(path, `${ports.randomToken(TOKEN_BYTES)}\n`, 0o600);
  return path;
}

async function applyWeb(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, spec } = state;
  const key = ports.files.readText(tokenFile(state, REPORT_KEY))?.trim() ?? '';
  const url = `http://127.0.0.1:${await portFor(state, 'monitoring')}`;
  const result = await applyStep(client, webManifests(spec, { url, key }));
  // Where there is no HPA yet: it would bring the pods to its minimum in its first sync, and look at the metric only in the next.
  if ((await client.find(pathOf(webHpaManifest(spec)))) === undefined)
    await client.patch(`${pathOf(named(spec, 'apps/v1', 'Deployment', WEB))}/scale`, 'merge', {
      spec: { replicas: spec.hpa.min },
    });
  return result;
}

/** The rates of Services, pods and namespaces, each out of one answer of the backend. */
async function serveRates(state: UpState, client: KubeClient): Promise<StepResult> {
  const backend = `http://127.0.0.1:${await portFor(state, 'monitoring')}/api/v1/metrics/${REQUEST_COUNT}`;
  const bearerTokenFile = tokenFile(state, ACCESS_TOKEN);
  const metricOf = (by: string, object: object, seriesLabels: object) => ({
    name: REQUEST_COUNT,
    object,
    pollSeconds: 1,
    maxAgeSeconds: 10,
    source: {
      type: 'http',
      url: `${backend}?by=${by}`,
      bearerTokenFile,
      items: '$.data[*]',
      value: '$.value',
      timestamp: '$.timestamp',
      seriesLabels: { namespace: '$.namespace', ...seriesLabels },
    },
  });
  const named = (resource: string) => ({ resource, namespaceLabel: 'namespace', nameLabel: 'name' });
  const result = await ensureMetricsServer(state, client, {
    metrics: [
      metricOf('service', named('services'), { name: '$.service' }),
      metricOf('pod', named('pods'), { name: '$.pod' }),
      metricOf('namespace', { resource: 'namespaces', nameLabel: 'namespace' }, {}),
    ],
  });
  const { ports, spec, options } = state;
  // The backend needs some seconds; an HPA that is looked at before it waits a whole sync period for the next look.
  const answers = [serviceMetricAnswers(client, spec, WEB, REQUEST_COUNT)];
  await waitFor(answers, { ...ports, lab: spec.lab, step: 'metrics-server', timeoutMs: options.timeoutMs });
  return result;
}

async function waitReady(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, spec, options } = state;
  const waited = await waitFor(
    [
      ...nodesReady(state, client),
      apiServiceAvailable(client, 'v1beta1.metrics.k8s.io'),
      deploymentAvailable(client, spec, WEB),
      hpaActive(client, spec, WEB),
    ],
    { ...ports, lab: spec.lab, step: 'ready', timeoutMs: options.timeoutMs },
  );
  return { changed: waited };
}
