import { PROCESS_BACKENDS } from '../../contracts/backend.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { SAMPLE_APP, SAMPLE_METRIC, sampleAppManifests, sampleHpaManifest } from '../../workload/sample-app.ts';
import type { StepResult } from '../run-steps.ts';
import { applyStep } from '../up/apply-all.ts';
import { ensureMetricsServer } from '../up/metrics-server-step.ts';
import { ensureNode, nodesReady } from '../up/node-step.ts';
import { apiServiceAvailable, deploymentAvailable, hpaActive } from '../up/ready.ts';
import { clientOf, type UpState } from '../up/state.ts';
import { waitFor } from '../up/wait-for.ts';
import type { Pipeline } from './pipeline.ts';

/** What upstream's test adapter has built in (its test-adapter/provider/provider.go), for every namespace. */
const BUILT_IN = [
  {
    name: 'my-external-metric',
    source: {
      type: 'memory',
      series: [
        { labels: { foo: 'bar' }, value: '42' },
        { labels: { foo: 'baz' }, value: '43' },
      ],
    },
  },
  { name: 'other-external-metric', source: { type: 'memory', series: [{ value: '44' }] } },
];

/**
 * Values that are written over HTTP, and an HPA of type Value on one of them: the walkthrough of upstream's test adapter. The
 * metric begins at its target, so that the HPA has something to look at.
 */
export const testPipeline: Pipeline = {
  check: (_ports, { backend }) => {
    if (PROCESS_BACKENDS.includes(backend)) return;
    const backends = PROCESS_BACKENDS.join(', ');
    throw new LabError('ML-USAGE-BACKEND-FLAG', { flag: '--pipeline test', backend, backends });
  },
  steps: (state) => {
    const { spec } = state;
    const client = () => clientOf(state);
    return [
      { id: 'node', title: 'process node', run: () => ensureNode(state, client()) },
      {
        id: 'metrics-server',
        title: 'metrics server',
        run: () => ensureMetricsServer(state, client(), { metrics: metricsOf(state), write: true }),
      },
      { id: 'workload', title: SAMPLE_APP, run: () => applyApp(state, client()) },
      { id: 'hpa', title: 'HorizontalPodAutoscaler', run: () => applyStep(client(), [sampleHpaManifest(spec)]) },
      { id: 'ready', title: 'everything ready', run: () => waitReady(state, client()) },
    ];
  },
};

function metricsOf({ spec }: UpState): readonly object[] {
  const object = { resource: 'services', namespace: spec.namespace, name: SAMPLE_APP };
  const series = [{ value: spec.hpa.target }];
  return [...BUILT_IN, { name: SAMPLE_METRIC, object, source: { type: 'memory', series } }];
}

function applyApp({ spec }: UpState, client: KubeClient): Promise<StepResult> {
  return applyStep(client, sampleAppManifests(spec));
}

async function waitReady(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, spec, options } = state;
  const waited = await waitFor(
    [
      ...nodesReady(state, client),
      apiServiceAvailable(client, 'v1beta1.metrics.k8s.io'),
      deploymentAvailable(client, spec, SAMPLE_APP),
      hpaActive(client, spec, SAMPLE_APP),
    ],
    { ...ports, lab: spec.lab, step: 'ready', timeoutMs: options.timeoutMs },
  );
  return { changed: waited };
}
