import type { KubeClient } from '../../contracts/kube-client.ts';
import { queueMetrics } from '../../workload/queue-metrics.ts';
import { backlogOf, readLedger } from '../ledger.ts';
import type { Step, StepResult } from '../run-steps.ts';
import { applyHpa, onTheWayToZero, settleHpa } from '../up/hpa-step.ts';
import { ensureMetricsServer } from '../up/metrics-server-step.ts';
import { ensureNode, nodesReady } from '../up/node-step.ts';
import { ensureImages, ensureMetricsServerPod, ensureOwnership, ensureQueuePod } from '../up/pod-steps.ts';
import { checkQueueServer, ensureQueue } from '../up/queue-step.ts';
import { readyConditions } from '../up/ready.ts';
import { clientOf, clusterOf, type UpState } from '../up/state.ts';
import { waitFor } from '../up/wait-for.ts';
import { applyWorkload } from '../up/workload-step.ts';
import type { Pipeline } from './pipeline.ts';

/** Producer → queue → consumers; the HPA scales the consumers on the length of the queue. */
export const queuePipeline: Pipeline = {
  check: checkQueueServer,
  steps: (state) => {
    const { spec } = state;
    const client = () => clientOf(state);
    const queue = `queue (${spec.queue.kind})`;
    const ofProcesses = (): readonly Step[] => [
      { id: 'queue', title: queue, run: () => ensureQueue(state) },
      { id: 'node', title: 'process node', run: () => ensureNode(state, client()) },
      {
        id: 'metrics-server',
        title: 'metrics server',
        run: () => ensureMetricsServer(state, client(), { metrics: metricsOf(state) }),
      },
    ];
    const ownership = {
      id: 'ownership',
      title: 'nothing of others in the way',
      run: () => ensureOwnership(state, client()),
    };
    const ofContainers = (): readonly Step[] => [
      ...(state.backend.name === 'context' ? [ownership] : []),
      { id: 'images', title: 'images', run: () => ensureImages(state) },
      { id: 'queue', title: queue, run: () => ensureQueuePod(state, client()) },
      { id: 'metrics-server', title: 'metrics server', run: () => ensureMetricsServerPod(state, client()) },
    ];
    return [
      ...(state.backend.images === undefined ? ofProcesses() : ofContainers()),
      { id: 'workload', title: 'producer and consumers', run: () => applyWorkload(state, client()) },
      { id: 'hpa', title: 'HorizontalPodAutoscaler', run: () => applyHpa(client(), spec) },
      { id: 'ready', title: 'everything ready', run: () => waitReady(state, client()) },
    ];
  },
};

function metricsOf({ spec, paths }: UpState): readonly object[] {
  return queueMetrics(spec.queue, paths.queueUrl).map(({ metric, source }) => ({
    name: metric,
    namespace: spec.namespace,
    source,
  }));
}

async function waitReady(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, paths, spec, options } = state;
  const backlog = async () => backlogOf(await readLedger(ports, paths, state.record));
  const nodes = clusterOf(state).podsRunAs === 'processes' ? nodesReady(state, client) : [];
  const waited = await waitFor(
    [...readyConditions(client, spec, nodes), { check: () => onTheWayToZero(client, spec, backlog) }],
    { ...ports, lab: spec.lab, step: 'ready', timeoutMs: options.timeoutMs },
  );
  await settleHpa(client, spec);
  return { changed: waited };
}
