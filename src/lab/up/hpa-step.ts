import { z } from 'zod';
import type { KubeClient, KubeObject } from '../../contracts/kube-client.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { pathOf } from '../../kube/apply.ts';
import { parseAs } from '../../kube/objects.ts';
import { CONSUMER, hpaManifest } from '../../workload/manifests.ts';
import type { StepResult } from '../run-steps.ts';
import { applyAll } from './apply-all.ts';

/** On the HPA while a lab with min 0 goes to zero for the first time. */
const TO_ZERO = 'metricslab.dev/going-to-zero';
const Hpa = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
});

/**
 * Applies the HPA. A lab with min 0 begins at zero, and the HPA itself must bring it there: a target that somebody else set
 * to zero stays disabled (Kubernetes 1.36, HPA-SPEC 4). The first way down then has no stabilization window, so that it takes
 * one sync and not five minutes; `settleHpa` puts the window of the settings in afterwards.
 */
export async function applyHpa(client: KubeClient, spec: LabSpec): Promise<StepResult> {
  const manifest = hpaManifest(spec);
  const found = await client.find(pathOf(manifest));
  const first = found === undefined ? spec.hpa.min === 0 : isGoingToZero(found);
  const changed = await applyAll(client, [first ? goingToZero(spec) : manifest]);
  return { changed: changed.length > 0, detail: `min ${spec.hpa.min}, max ${spec.hpa.max}, target ${spec.hpa.target}` };
}

/** Undefined, or why the HPA still has its first way to zero before it. `backlog` is the number of items in the queue. */
export async function onTheWayToZero(
  client: KubeClient,
  spec: LabSpec,
  backlog: () => Promise<number>,
): Promise<string | undefined> {
  const hpa = await client.find(pathOf(hpaManifest(spec)));
  if (hpa === undefined || !isGoingToZero(hpa) || (await backlog()) > 0) return undefined;
  const scale = parseAs(Scale, await client.json('GET', `${deploymentPath(spec)}/scale`), 'a scale');
  const { spec: wanted, status } = scale;
  if ((wanted.replicas ?? 0) === 0 && (status.replicas ?? 0) === 0) return undefined;
  return `${CONSUMER} is at ${status.replicas ?? 0} replicas; the HPA takes it to 0 in its next sync`;
}

/** Puts the HPA of the settings in place of the one for the first way to zero. */
export async function settleHpa(client: KubeClient, spec: LabSpec): Promise<void> {
  const found = await client.find(pathOf(hpaManifest(spec)));
  if (found !== undefined && isGoingToZero(found)) await applyAll(client, [hpaManifest(spec)]);
}

const Scale = z.object({
  spec: z.object({ replicas: z.number().optional() }),
  status: z.object({ replicas: z.number().optional() }),
});

function deploymentPath(spec: LabSpec): string {
  return `/apis/apps/v1/namespaces/${spec.namespace}/deployments/${CONSUMER}`;
}

function goingToZero(spec: LabSpec): KubeObject {
  const manifest = hpaManifest(spec, 0);
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { [TO_ZERO]: 'true' } } };
}

function isGoingToZero(foreign: unknown): boolean {
  return parseAs(Hpa, foreign, 'an HPA').metadata.annotations?.[TO_ZERO] === 'true';
}
