import type { KubeClient } from '../../contracts/kube-client.ts';
import { clusterSpecOf } from '../cluster-spec.ts';
import { backlogOf, readLedger } from '../ledger.ts';
import type { Step, StepResult } from '../run-steps.ts';
import { applyHpa, onTheWayToZero, settleHpa } from './hpa-step.ts';
import { ensureMetricsServer } from './metrics-server-step.ts';
import { ensureNode, nodeName } from './node-step.ts';
import { ensureQueue } from './queue-step.ts';
import { clientOf, remember, type UpState } from './state.ts';
import { readyConditions } from './ready.ts';
import { waitFor } from './wait-for.ts';
import { applyWorkload } from './workload-step.ts';

/** The steps of `up` in order. Each may be run again after any interruption. */
export function upSteps(state: UpState): readonly Step[] {
  const { backend, spec } = state;
  const client = () => clientOf(state);
  const cluster: Step = { id: 'cluster', title: `cluster (${backend.name})`, run: () => createCluster(state) };
  if (spec.bare === true) return [cluster];
  return [
    cluster,
    { id: 'queue', title: `queue (${spec.queue.kind})`, run: () => ensureQueue(state) },
    { id: 'node', title: 'process node', run: () => ensureNode(state, client()) },
    {
      id: 'metrics-server',
      title: 'metrics server',
      run: () => ensureMetricsServer(state, client()),
    },
    {
      id: 'workload',
      title: 'producer and consumers',
      run: () => applyWorkload(state, client()),
    },
    {
      id: 'hpa',
      title: 'HorizontalPodAutoscaler',
      run: () => applyHpa(client(), spec),
    },
    { id: 'ready', title: 'everything ready', run: () => waitReady(state, client()) },
  ];
}

async function createCluster(state: UpState): Promise<StepResult> {
  const { ports, paths, spec, backend } = state;
  const { handle, changed } = await backend.create(clusterSpecOf(spec, paths.dir), {
    io: ports.io,
    components: ports.components(paths.dir),
    signal: ports.signal,
    step: 'cluster',
  });
  if (JSON.stringify(handle) !== JSON.stringify(state.record.cluster)) remember(state, { cluster: handle });
  return { changed, detail: `Kubernetes ${handle.kubernetesVersion} at ${handle.server}` };
}

async function waitReady(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, paths, spec, options } = state;
  const backlog = async () => backlogOf(await readLedger(ports, paths, spec));
  const waited = await waitFor(
    [...readyConditions(client, spec, nodeName(state)), { check: () => onTheWayToZero(client, spec, backlog) }],
    { ...ports, lab: spec.lab, step: 'ready', timeoutMs: options.timeoutMs },
  );
  await settleHpa(client, spec);
  return { changed: waited };
}
