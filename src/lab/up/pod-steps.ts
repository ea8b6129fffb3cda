import type { BackendContext } from '../../contracts/backend.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { SERVICE, servingHosts } from '../../metrics-server/manifests.ts';
import { QUEUE, queueImage, queuePodUrl } from '../../workload/queue-manifests.ts';
import { clusterSpecOf } from '../cluster-spec.ts';
import type { StepResult } from '../run-steps.ts';
import { applyAll } from './apply-all.ts';
import { checkOwnership } from './ownership.ts';
import { allPodObjects, type MadeParts, metricsServerObjects, NOT_MADE, queueObjects } from './pod-objects.ts';
import { queuePassword } from './queue-step.ts';
import { apiServiceAvailable, deploymentAvailable } from './ready.ts';
import { clusterOf, type UpState } from './state.ts';
import { type Condition, waitFor } from './wait-for.ts';
import { podRuntime, workloadSecrets } from './workload-step.ts';

/** Brings the image of the lab's programs, and the queue server's when it is on this machine, to the nodes. */
export async function ensureImages(state: UpState): Promise<StepResult> {
  const { ports, paths, spec, backend } = state;
  const context: BackendContext = {
    io: ports.io,
    components: ports.components(paths.dir),
    signal: ports.signal,
    step: 'images',
  };
  if (backend.images === undefined) throw new LabError('ML-INTERNAL', { text: `${backend.name} takes no images` });
  const cluster = clusterSpecOf(spec, paths.dir);
  const programs = await backend.images.programs(cluster, spec.programImage, context);
  state.programImage = programs.image;
  const wanted = spec.queue.url === undefined ? [queueImage(spec)] : [];
  const others = await backend.images.others(cluster, wanted, context);
  return { changed: programs.changed || others.changed, detail: programs.detail };
}

/** On a cluster that others use as well: nothing of theirs may be changed. */
export async function ensureOwnership({ spec }: UpState, client: KubeClient): Promise<StepResult> {
  await checkOwnership(client, spec.lab, allPodObjects(spec, NOT_MADE));
  return { changed: false };
}

/** The lab's own queue server as a pod, or the URL of the user's for everything that goes by it. */
export async function ensureQueuePod(state: UpState, client: KubeClient): Promise<StepResult> {
  const { ports, paths, spec } = state;
  const url = spec.queue.url ?? queuePodUrl(spec, queuePassword(state));
  if (ports.files.readText(paths.queueUrl)?.trim() !== url) ports.files.writeAtomic(paths.queueUrl, `${url}\n`, 0o600);
  const applied = await applyAll(client, queueObjects(spec, madeParts(state)));
  if (spec.queue.url !== undefined) return { changed: applied.length > 0, detail: 'a server that is not the lab’s' };
  const waited = await wait(state, 'queue', [deploymentAvailable(client, spec, QUEUE)]);
  return { changed: applied.length > 0 || waited, detail: `service ${QUEUE}` };
}

/** The metrics server as a pod, registered with the API server. */
export async function ensureMetricsServerPod(state: UpState, client: KubeClient): Promise<StepResult> {
  const applied = await applyAll(client, metricsServerObjects(state.spec, madeParts(state)));
  const waited = await wait(state, 'metrics-server', [
    deploymentAvailable(client, state.spec, SERVICE),
    apiServiceAvailable(client, 'v1beta1.external.metrics.k8s.io'),
  ]);
  return { changed: applied.length > 0 || waited, detail: `service ${SERVICE}` };
}

function madeParts(state: UpState): MadeParts {
  const { ports, spec } = state;
  const cluster = clusterOf(state);
  const pods = podRuntime(state);
  const read = (path: string) => ports.files.readText(path) ?? '';
  const caBundle = read(ports.certificates.authority(cluster));
  const pair = ports.certificates.serving(cluster, 'metrics-server-serving', servingHosts(spec.namespace));
  return {
    image: pods.as === 'containers' ? pods.image : '',
    secrets: workloadSecrets(state),
    queuePassword: queuePassword(state),
    caBundle,
    serving: { cert: read(pair.cert), key: read(pair.key) },
  };
}

function wait({ ports, spec, options }: UpState, step: string, conditions: readonly Condition[]): Promise<boolean> {
  return waitFor(conditions, { ...ports, lab: spec.lab, step, timeoutMs: options.timeoutMs });
}
