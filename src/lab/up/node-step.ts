import { join } from 'node:path';
import { z } from 'zod';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { isSchedulerDisabled } from '../../contracts/controllers.ts';
import { hasQueue } from '../../contracts/pipelines.ts';
import { isStatus } from '../../kube/client.ts';
import { parseAs } from '../../kube/objects.ts';
import { NODE_CONFIG_ENV, type NodeConfig, nodeConfigText } from '../../minicluster/node/config.ts';
import { metricsApiManifests, nodeIdentity, nodeRbac, SERVING_NAMES } from '../../minicluster/node/manifests.ts';
import type { StepResult } from '../run-steps.ts';
import { applyAll } from './apply-all.ts';
import { kubeconfigFor, portFor, programComponent, writeOwn } from './program-component.ts';
import { nodeReady } from './ready.ts';
import { apiComponent, clusterOf, type UpState } from './state.ts';
import { type Condition, waitFor } from './wait-for.ts';

/** Programs of the lab that pods may run, as the image `metrics-lab/<name>`. */
const OUR_PROGRAMS: readonly string[] = ['consumer', 'exporter', 'pause', 'producer', 'web'];
const FIRST = 'node';
/** Second octet of the pods' addresses on the first node; each further node has the next one. */
const FIRST_RANGE = 244;

/** A process node: `at` counts from 1. */
interface LabNode {
  readonly at: number;
  readonly name: string;
  readonly component: string;
}

/** The first is called as the lab, which the certificates of its kubelet carry. */
function labNode(lab: string, at: number): LabNode {
  return at === 1 ? { at, name: lab, component: FIRST } : { at, name: `${lab}-${at}`, component: `${FIRST}-${at}` };
}

/** Conditions of every process node of the lab. */
export function nodesReady({ spec }: UpState, client: KubeClient): readonly Condition[] {
  return labNodes(spec.lab, spec.nodes).map(({ name }) => nodeReady(client, name));
}

function labNodes(lab: string, count = 1): readonly LabNode[] {
  return Array.from({ length: count }, (_, index) => labNode(lab, index + 1));
}

/** Starts the process nodes and waits until all are Ready: from here on pods run. Nodes beyond the wanted number are drained and removed. */
export async function ensureNode(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, spec } = state;
  const nodes = labNodes(spec.lab, spec.nodes);
  const removed = await removeFurther(state, client, nodes.length);
  const bindPods = !isSchedulerDisabled(spec.disabledControllers) && !hasComponent(state, 'kube-scheduler');
  const caCert = ports.files.readText(clusterOf(state).pki?.caCert ?? '') ?? '';
  const applied = await applyAll(client, [
    ...nodes.flatMap(({ name }) => nodeRbac(name, bindPods, nodes.length > 1)),
    ...metricsApiManifests({ port: await portFor(state, 'nodeMetrics'), caCert }),
  ]);
  const changes: boolean[] = [];
  for (const node of nodes) changes.push(await startNode(state, await nodeConfig(state, node, bindPods), node));
  await waitFor(nodesReady(state, client), {
    ...ports,
    lab: spec.lab,
    step: 'node',
    timeoutMs: state.options.timeoutMs,
  });
  const changed = changes.includes(true) || removed.length > 0 || applied.length > 0;
  const gone = removed.length === 0 ? '' : `; removed ${removed.join(', ')}`;
  return { changed, detail: `node ${nodes.map(({ name }) => name).join(', ')}${gone}` };
}

async function startNode(state: UpState, config: NodeConfig, node: LabNode): Promise<boolean> {
  const { ports, paths, spec } = state;
  const component = programComponent(state, {
    name: node.component,
    program: 'process-node',
    env: { [NODE_CONFIG_ENV]: writeOwn(state, `${node.component}.json`, nodeConfigText(config)) },
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
  return changed;
}

async function nodeConfig(state: UpState, { at, name, component }: LabNode, bindPods: boolean): Promise<NodeConfig> {
  const { ports, paths, spec } = state;
  const cluster = clusterOf(state);
  const identity = nodeIdentity(name);
  const serving = ports.certificates.serving(cluster, 'node-serving', ['127.0.0.1', ...SERVING_NAMES]);
  const own = OUR_PROGRAMS.map((program) => [`metrics-lab/${program}`, ports.program(program)] as const);
  return {
    nodeName: name,
    kubeconfig: kubeconfigFor(state, component, {
      commonName: identity.commonName,
      organizations: [identity.organization],
    }),
    stateDir: join(paths.dir, component),
    logsDir: join(paths.logs, at === 1 ? 'pods' : `pods-${at}`),
    capacity: spec.node,
    kubeletPort: await portFor(state, at === 1 ? 'kubelet' : `kubelet-${at}`),
    serving: { certFile: serving.cert, keyFile: serving.key },
    clientCaFile: cluster.pki?.caCert ?? '',
    metricsPort: await portFor(state, at === 1 ? 'nodeMetrics' : `nodeMetrics-${at}`),
    images: { ...Object.fromEntries(own), ...spec.images },
    bindPods,
    labOwner: paths.dir,
    ...(at === 1 ? {} : { podPrefix: `10.${FIRST_RANGE + at - 1}`, further: true }),
  };
}

const PodNames = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }) })),
});

/** Nodes that an earlier `up` was told to have: no pod is bound to them any more, theirs end and come back elsewhere, then they go. */
async function removeFurther(state: UpState, client: KubeClient, wanted: number): Promise<readonly string[]> {
  const { ports, paths, spec } = state;
  const removed: string[] = [];
  for (let at = wanted + 1; hasComponent(state, labNode(spec.lab, at).component); at += 1) {
    const { name, component } = labNode(spec.lab, at);
    const path = `/api/v1/nodes/${name}`;
    if ((await client.find(path)) !== undefined) {
      await client.patch(path, 'merge', { spec: { unschedulable: true } });
      // A node that is away ends no pod: its processes went with it, and the objects wait for nobody.
      const isAway = (await nodeReady(client, name).check()) !== undefined;
      for (const pod of await podsOn(client, name))
        await deleteIfThere(client, pod, isAway ? { gracePeriodSeconds: 0 } : {});
      const drained = { check: async () => (await podsOn(client, name)).map((pod) => `${pod} is still there`)[0] };
      await waitFor([drained], { ...ports, lab: spec.lab, step: 'node', timeoutMs: state.options.timeoutMs });
    }
    await ports.components(paths.dir).remove(component, ports.signal);
    await deleteIfThere(client, path);
    removed.push(name);
  }
  return removed;
}

async function podsOn(client: KubeClient, node: string): Promise<readonly string[]> {
  const query = { fieldSelector: `spec.nodeName=${node}` };
  const { items } = parseAs(PodNames, await client.json('GET', '/api/v1/pods', undefined, { query }), 'a list of pods');
  return items.map(({ metadata }) => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`);
}

async function deleteIfThere(client: KubeClient, path: string, options: object = {}): Promise<void> {
  try {
    await client.json('DELETE', path, options);
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}

function hasComponent({ ports, paths }: UpState, name: string): boolean {
  return ports
    .components(paths.dir)
    .list()
    .some(({ spec }) => spec.name === name);
}
