import { join } from 'node:path';
import { PROCESS_BACKENDS } from '../../contracts/backend.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { CONSUMER, EXPORTER, exporterManifests, METRIC_NAME, PRODUCER } from '../../workload/manifests.ts';
import {
  findPrometheus,
  type PrometheusServer,
  prometheusRules,
  prometheusServer,
} from '../../workload/prometheus-server.ts';
import { backlogOf, readLedger } from '../ledger.ts';
import type { PairFiles } from '../ports.ts';
import type { StepResult } from '../run-steps.ts';
import { serviceAddress } from '../service-address.ts';
import { applyStep } from '../up/apply-all.ts';
import { applyHpa, onTheWayToZero, settleHpa } from '../up/hpa-step.ts';
import { ensureMetricsServer } from '../up/metrics-server-step.ts';
import { ensureNode, nodesReady } from '../up/node-step.ts';
import { portFor } from '../up/program-component.ts';
import { checkQueueServer, ensureQueue } from '../up/queue-step.ts';
import { apiServiceAvailable, deploymentAvailable, hpaActive, serviceMetricAnswers } from '../up/ready.ts';
import { clientOf, clusterOf, type UpState } from '../up/state.ts';
import { waitFor } from '../up/wait-for.ts';
import { applyWorkload, podRuntime, workloadSecrets } from '../up/workload-step.ts';
import type { Pipeline } from './pipeline.ts';

/** Whom Prometheus knows the metrics server as; any certificate of the lab will do. */
const CLIENT = { commonName: 'metrics-lab:prometheus-client', organizations: [] };

/** Queue → exporter → Prometheus → metrics server; the HPA scales the consumers on a metric of the exporter's Service. */
export const prometheusPipeline: Pipeline = {
  check: (ports, spec) => {
    const { backend } = spec;
    const backends = PROCESS_BACKENDS.join(', ');
    if (!PROCESS_BACKENDS.includes(backend))
      throw new LabError('ML-USAGE-BACKEND-FLAG', { flag: '--pipeline prometheus', backend, backends });
    checkQueueServer(ports, spec);
    findPrometheus(ports.searchPath, ports.files.exists);
  },
  steps: (state) => {
    const { spec } = state;
    const client = () => clientOf(state);
    return [
      { id: 'queue', title: `queue (${spec.queue.kind})`, run: () => ensureQueue(state) },
      { id: 'node', title: 'process node', run: () => ensureNode(state, client()) },
      { id: 'workload', title: 'producer and consumers', run: () => applyWorkload(state, client()) },
      { id: 'exporter', title: 'exporter', run: () => applyExporter(state, client()) },
      { id: 'prometheus', title: 'Prometheus', run: () => ensurePrometheus(state, client()) },
      { id: 'metrics-server', title: 'metrics server', run: () => serveRules(state, client()) },
      { id: 'hpa', title: 'HorizontalPodAutoscaler', run: () => applyHpa(client(), spec) },
      { id: 'ready', title: 'everything ready', run: () => waitReady(state, client()) },
    ];
  },
};

async function applyExporter(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, spec, options } = state;
  const applied = await applyStep(client, exporterManifests(spec, workloadSecrets(state), podRuntime(state)));
  const there = {
    check: async () => ((await serviceAddress(client, spec, EXPORTER)) === undefined ? MISSING : undefined),
  };
  await waitFor([there], { ...ports, lab: spec.lab, step: 'exporter', timeoutMs: options.timeoutMs });
  return applied;
}

const MISSING = `service ${EXPORTER} has no address on this machine yet`;

async function ensurePrometheus(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, paths, spec } = state;
  const { files } = ports;
  const server = await serverOf(state, (await serviceAddress(client, spec, EXPORTER)) ?? '');
  files.ensureDir(join(paths.dir, 'prometheus'), 0o700);
  for (const { path, content } of server.files) {
    if (files.readText(path) !== content) files.writeAtomic(path, content, 0o600);
  }
  const { changed } = await ports.components(paths.dir).ensure(server.component, {
    timeoutMs: state.options.timeoutMs,
    signal: ports.signal,
    onWaiting: (text) => ports.io.emit({ type: 'step.progress', step: 'prometheus', text }),
  });
  return { changed, detail: server.url };
}

async function serverOf(state: UpState, exporter: string): Promise<PrometheusServer> {
  const { ports, paths, spec } = state;
  return prometheusServer(spec, {
    program: findPrometheus(ports.searchPath, ports.files.exists),
    dir: join(paths.dir, 'prometheus'),
    port: await portFor(state, 'prometheus'),
    logFile: join(paths.logs, 'prometheus.log'),
    caFile: caFile(state),
    serving: ports.certificates.serving(clusterOf(state), 'prometheus-serving', ['127.0.0.1', 'localhost']),
    client: clientPair(state),
    exporter,
    tokenFile: paths.token,
  });
}

async function serveRules(state: UpState, client: KubeClient): Promise<StepResult> {
  const url = `https://127.0.0.1:${await portFor(state, 'prometheus')}`;
  const rules = prometheusRules({ url, caFile: caFile(state), client: clientPair(state) });
  const result = await ensureMetricsServer(state, client, { metrics: [], prometheus: [rules] });
  const { ports, spec, options } = state;
  // The first scrape comes within seconds; an HPA that is looked at before it waits a whole sync period for the next look.
  const answers = [serviceMetricAnswers(client, spec, EXPORTER, METRIC_NAME)];
  await waitFor(answers, { ...ports, lab: spec.lab, step: 'metrics-server', timeoutMs: options.timeoutMs });
  return result;
}

function caFile(state: UpState): string {
  return clusterOf(state).pki?.caCert ?? '';
}

function clientPair(state: UpState): PairFiles {
  return state.ports.certificates.client(clusterOf(state), 'prometheus-client', CLIENT);
}

async function waitReady(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, paths, spec, options } = state;
  const backlog = async () => backlogOf(await readLedger(ports, paths, state.record));
  const waited = await waitFor(
    [
      ...nodesReady(state, client),
      apiServiceAvailable(client, 'v1beta1.metrics.k8s.io'),
      deploymentAvailable(client, spec, PRODUCER),
      deploymentAvailable(client, spec, EXPORTER),
      hpaActive(client, spec, CONSUMER),
      { check: () => onTheWayToZero(client, spec, backlog) },
    ],
    { ...ports, lab: spec.lab, step: 'ready', timeoutMs: options.timeoutMs },
  );
  await settleHpa(client, spec);
  return { changed: waited };
}
