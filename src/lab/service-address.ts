import { z } from 'zod';
import type { KubeClient } from '../contracts/kube-client.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import { parseAs } from '../kube/objects.ts';

/** The annotation in which the process node says where a Service is on this machine. */
const LOCAL_ADDRESS = 'metricslab.dev/local-address';
const Annotated = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
});

/** `host:port` of a Service of a lab whose pods are local processes; undefined while the node has not said it. */
export async function serviceAddress(client: KubeClient, spec: LabSpec, name: string): Promise<string | undefined> {
  const found = await client.find(`/api/v1/namespaces/${spec.namespace}/services/${name}`);
  if (found === undefined) return undefined;
  return parseAs(Annotated, found, `service ${name}`).metadata.annotations?.[LOCAL_ADDRESS];
}
