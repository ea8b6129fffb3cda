import { join } from 'node:path';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { hasQueue } from '../../contracts/pipelines.ts';
import { NODE_CONFIG_ENV, type NodeConfig, nodeConfigText } from '../../minicluster/node/config.ts';
import { metricsApiManifests, nodeIdentity, nodeRbac, SERVING_NAMES } from '../../minicluster/node/manifests.ts';
import type { StepResult } from '../run-steps.ts';
import { applyAll } from './apply-all.ts';
import { kubeconfigFor, portFor, programComponent, writeOwn } from './program-component.ts';
import { apiComponent, clusterOf, type UpState } from './state.ts';
import { nodeReady } from './ready.ts';
import { waitFor } from './wait-for.ts';

/** Programs of the lab that pods may run, as the image `metrics-lab/<name>`. */
const OUR_PROGRAMS: readonly string[] = ['consumer', 'exporter', 'pause', 'producer'];

/** Name of the lab's one node: the lab's own name, which the certificates of its kubelet carry. */
export function nodeName(state: UpState): string {
  return state.spec.lab;
}

/** Starts the process node and waits until it is Ready: from here on pods run. */
export async function ensureNode(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, paths, spec } = state;
  const cluster = clusterOf(state);
  const config = await nodeConfig(state);
  const caCert = ports.files.readText(cluster.pki?.caCert ?? '') ?? '';
  const applied = await applyAll(client, [
    ...nodeRbac(config.nodeName, config.bindPods),
    ...metricsApiManifests({ port: config.metricsPort, caCert }),
  ]);
  const component = programComponent(state, {
    name: 'node',
    program: 'process-node',
    env: { [NODE_CONFIG_ENV]: writeOwn(state, 'node.json', nodeConfigText(config)) },
    // Stopped before the queue: its consumers hand back what they hold.
    after: [apiComponent(state), ...(hasQueue(spec) && spec.queue.url === undefined ? ['queue'] : [])],
    // The kubelet API answers nobody without rights in the cluster; the health of its metrics API is open.
    port: config.metricsPort,
    healthPath: '/livez',
    graceSeconds: 15,
  });
  const { changed } = await ports.components(paths.dir).ensure(component, {
    timeoutMs: state.options.timeoutMs,
    signal: ports.signal,
    onWaiting: (text) => ports.io.emit({ type: 'step.progress', step: 'node', text }),
  });
  await waitFor([nodeReady(client, config.nodeName)], {
    ...ports,
    lab: spec.lab,
    step: 'node',
    timeoutMs: state.options.timeoutMs,
  });
  return { changed: changed || applied.length > 0, detail: `node ${config.nodeName}` };
}

async function nodeConfig(state: UpState): Promise<NodeConfig> {
  const { ports, paths, spec } = state;
  const cluster = clusterOf(state);
  const name = nodeName(state);
  const identity = nodeIdentity(name);
  const serving = ports.certificates.serving(cluster, 'node-serving', ['127.0.0.1', ...SERVING_NAMES]);
  const own = OUR_PROGRAMS.map((program) => [`metrics-lab/${program}`, ports.program(program)] as const);
  const components = ports.components(paths.dir).list();
  return {
    nodeName: name,
    kubeconfig: kubeconfigFor(state, 'node', {
      commonName: identity.commonName,
      organizations: [identity.organization],
    }),
    stateDir: join(paths.dir, 'node'),
    logsDir: join(paths.logs, 'pods'),
    capacity: spec.node,
    kubeletPort: await portFor(state, 'kubelet'),
    serving: { certFile: serving.cert, keyFile: serving.key },
    clientCaFile: cluster.pki?.caCert ?? '',
    metricsPort: await portFor(state, 'nodeMetrics'),
    images: { ...Object.fromEntries(own), ...spec.images },
    bindPods: !components.some(({ spec: { name: component } }) => component === 'kube-scheduler'),
    labOwner: paths.dir,
  };
}
