import { z } from 'zod';
import type { KubeClient } from '../contracts/kube-client.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import { parseAs } from '../kube/objects.ts';

/** A part of a lab that runs in pods. Its name is that of the pods' container. */
export interface PodPart {
  readonly name: string;
  readonly healthy: boolean;
  /** Of all its pods together. */
  readonly restarts: number;
  /** Why it is not healthy; empty when it is. */
  readonly message: string;
  readonly pods: readonly { readonly name: string; readonly restarted: boolean }[];
}

const Template = z.object({ spec: z.object({ containers: z.array(z.object({ name: z.string() })).min(1) }) });
const Deployments = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ template: Template }),
      status: z.object({
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
          .nullish(),
      }),
    }),
  ),
});
const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ containers: z.array(z.object({ name: z.string() })).min(1) }),
      status: z.object({
        containerStatuses: z.array(z.object({ restartCount: z.number() })).nullish(),
      }),
    }),
  ),
});
const ASK_MS = 5_000;
const OURS = { labelSelector: 'app.kubernetes.io/part-of=metrics-lab' };

/** The parts of a lab on a container backend. Raises ML-KUBE-*. */
export async function podParts(client: KubeClient, spec: LabSpec, signal: AbortSignal): Promise<readonly PodPart[]> {
  const options = { query: OURS, timeoutMs: ASK_MS, signal };
  const list = (path: string) => client.json('GET', path, undefined, options);
  const [deployments, pods] = await Promise.all([
    list(`/apis/apps/v1/namespaces/${spec.namespace}/deployments`),
    list(`/api/v1/namespaces/${spec.namespace}/pods`),
  ]);
  const found = parseAs(Pods, pods, 'a list of pods').items.map(({ metadata, spec: { containers }, status }) => ({
    part: containers[0]?.name,
    name: metadata.name,
    restarts: (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
  }));
  return parseAs(Deployments, deployments, 'a list of Deployments').items.map(
    ({ metadata, spec: { template }, status }) => {
      const name = template.spec.containers[0]?.name ?? metadata.name;
      const own = found.filter(({ part }) => part === name);
      const available = status.conditions?.find(({ type }) => type === 'Available');
      const healthy = available?.status === 'True';
      return {
        name,
        healthy,
        restarts: own.reduce((sum, { restarts }) => sum + restarts, 0),
        message: healthy ? '' : available?.message || 'no pod of it is ready yet',
        pods: own.map((pod) => ({ name: pod.name, restarted: pod.restarts > 0 })),
      };
    },
  );
}

/** Path of a pod's log. */
export function podLogPath({ namespace }: LabSpec, pod: string): string {
  return `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
}
