import { z } from 'zod';
import type { LabSpec } from '../contracts/lab-spec.ts';
import type { Ledger } from '../contracts/queue.ts';
import { LabError } from '../errors/lab-error.ts';
import { type HpaSummary, hpaSummary, parseHpa } from '../kube/hpa.ts';
import { parseAs } from '../kube/objects.ts';
import { CONSUMER } from '../workload/manifests.ts';
import { labPaths, requireRecord } from './lab-store.ts';
import { openLabQueue } from './ledger.ts';
import type { LabPorts } from './ports.ts';

/** A lab at one moment. */
export interface LabSample {
  readonly hpa: HpaSummary;
  /** Ready consumers. */
  readonly ready: number;
  readonly ledger: Ledger;
}

/** A lab under load: looked at and published to over one connection each. */
export interface LabObserver {
  readonly spec: LabSpec;
  /** Raises ML-KUBE-*, ML-QUEUE-*. */
  sample(): Promise<LabSample>;
  /** As QueueDriver.publish. */
  publish(count: number, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

const Deployment = z.object({ status: z.object({ readyReplicas: z.int().default(0) }).default({ readyReplicas: 0 }) });
const ASK_TIMEOUT_MS = 10_000;

/** Opens a lab that is up. Raises ML-LAB-NOT-FOUND, ML-LAB-NOT-READY, ML-LAB-NO-QUEUE, ML-QUEUE-*. */
export async function observeLab(ports: LabPorts, lab: string): Promise<LabObserver> {
  const record = requireRecord(ports.files, ports.labsDir, lab);
  const { spec, cluster } = record;
  if (cluster === undefined)
    throw new LabError('ML-LAB-NOT-READY', { lab, seconds: 0, reason: 'it has no cluster yet' });
  const queue = await openLabQueue(ports, labPaths(ports.labsDir, lab), record);
  const client = ports.client(cluster.kubeconfig);
  const get = (path: string) => client.json('GET', path, undefined, { timeoutMs: ASK_TIMEOUT_MS });
  const hpas = `/apis/autoscaling/v2/namespaces/${spec.namespace}/horizontalpodautoscalers`;
  const deployments = `/apis/apps/v1/namespaces/${spec.namespace}/deployments`;
  return {
    spec,
    sample: async () => {
      const [hpa, deployment, ledger] = await Promise.all([
        get(`${hpas}/${CONSUMER}`),
        get(`${deployments}/${CONSUMER}`),
        queue.ledger(),
      ]);
      const { readyReplicas } = parseAs(Deployment, deployment, 'a Deployment').status;
      return { hpa: hpaSummary(parseHpa(hpa)), ready: readyReplicas, ledger };
    },
    publish: (count, signal) => queue.publish(count, { signal }),
    close: async () => {
      client.close();
      await queue.close();
    },
  };
}
