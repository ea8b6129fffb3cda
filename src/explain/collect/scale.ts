import { z } from 'zod';
import type { HpaV2 } from '../../hpa/index.ts';
import { parseAs } from '../../kube/objects.ts';
import type { Fact, ScaleEvidence } from '../evidence.ts';
import { type Reader, refusal } from './reader.ts';

const Scale = z.object({
  spec: z.object({ replicas: z.int().default(0) }).default({ replicas: 0 }),
  status: z
    .object({ replicas: z.int().default(0), selector: z.string().default('') })
    .default({ replicas: 0, selector: '' }),
});
const Resources = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });
/** What needs no discovery. */
const KNOWN: Readonly<Record<string, string>> = {
  'apps/v1 Deployment': 'deployments',
  'apps/v1 StatefulSet': 'statefulsets',
  'apps/v1 ReplicaSet': 'replicasets',
  'v1 ReplicationController': 'replicationcontrollers',
};

/** The scale subresource of the HPA's target. Raises ML-KUBE-UNREACHABLE. */
export async function readScale(reader: Reader, namespace: string, { spec }: HpaV2): Promise<Fact<ScaleEvidence>> {
  const { kind, name } = spec.scaleTargetRef;
  const apiVersion = spec.scaleTargetRef.apiVersion || 'v1';
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  let resource: string;
  try {
    resource = KNOWN[`${apiVersion} ${kind}`] ?? (await resourceOf(reader, root, kind));
  } catch (error) {
    return { unknown: `cannot read which resource ${kind} is (${refusal(error)})`, from: `GET ${root}` };
  }
  const path = `${root}/namespaces/${namespace}/${resource}/${encodeURIComponent(name)}/scale`;
  return reader.fact(`scale of ${kind} ${name}`, path, (foreign) => {
    const scale = parseAs(Scale, foreign, 'a Scale');
    const { replicas, selector } = scale.status;
    return { specReplicas: scale.spec.replicas, statusReplicas: replicas, selector };
  });
}

/** The plural of a kind by discovery; the kind in lower case where discovery does not know it. Raises ML-KUBE-*. */
export async function resourceOf(reader: Reader, root: string, kind: string): Promise<string> {
  const { resources } = parseAs(Resources, await reader.get(root), 'a resource list');
  return resources.find((entry) => entry.kind === kind && !entry.name.includes('/'))?.name ?? kind.toLowerCase();
}
