import { z } from 'zod';
import type { KubeClient, KubeObject } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { pathOf } from '../../kube/apply.ts';
import { parseAs, parseObject } from '../../kube/objects.ts';
import { OWNER_LABEL } from '../../workload/manifests.ts';

const ApiService = z.object({
  spec: z.object({ service: z.object({ namespace: z.string(), name: z.string() }).nullish() }),
});

/**
 * Looks whether objects of others stand where the lab's would: server-side apply with force would take them over. Raises
 * ML-CONTEXT-METRICS-TAKEN with the owner of the metrics API, ML-CONTEXT-FOREIGN with the rest.
 */
export async function checkOwnership(client: KubeClient, lab: string, objects: readonly KubeObject[]): Promise<void> {
  const foreign: string[] = [];
  for (const object of objects) {
    const answer = await client.find(pathOf(object));
    if (answer === undefined) continue;
    const { metadata } = parseObject(answer);
    if (metadata.labels?.[OWNER_LABEL] === lab) continue;
    if (object.kind === 'APIService') throw metricsTaken(metadata.name, metadata.labels?.[OWNER_LABEL], answer);
    const { namespace } = object.metadata;
    foreign.push(`${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${metadata.name}`);
  }
  if (foreign.length > 0) throw new LabError('ML-CONTEXT-FOREIGN', { objects: foreign.join(', '), lab });
}

function metricsTaken(apiService: string, lab: string | undefined, answer: unknown): LabError {
  const { service } = parseAs(ApiService, answer, 'an APIService').spec;
  const served = service == null ? 'the API server itself' : `the Service ${service.namespace}/${service.name}`;
  const owner = lab === undefined ? served : `${served} of the lab ${lab}`;
  return new LabError('ML-CONTEXT-METRICS-TAKEN', { apiService, owner });
}
