import type { LabRecord } from '../contracts/lab-record.ts';
import { hasQueue } from '../contracts/pipelines.ts';
import type { Ledger } from '../contracts/queue.ts';
import { LabError } from '../errors/lab-error.ts';
import type { LabPaths } from './lab-store.ts';
import type { LabPorts, LabQueue } from './ports.ts';

type Lab = Pick<LabRecord, 'spec' | 'cluster'>;

/** The lab's queue as the CLI uses it. The caller closes it. Raises ML-QUEUE-*; ML-LAB-NO-QUEUE before `up` made one; ML-LAB-PIPELINE where there never is one. */
export async function openLabQueue(ports: LabPorts, paths: LabPaths, { spec, cluster }: Lab): Promise<LabQueue> {
  if (!hasQueue(spec)) throw new LabError('ML-LAB-PIPELINE', { lab: spec.lab, pipeline: spec.pipeline });
  const read = (path: string) => {
    const text = ports.files.readText(path)?.trim();
    if (text === undefined || text === '') throw new LabError('ML-LAB-NO-QUEUE', { lab: spec.lab });
    return text;
  };
  if (cluster?.podsRunAs === 'containers') {
    return ports.openPodQueue({ spec, kubeconfig: cluster.kubeconfig, token: read(paths.token) });
  }
  return ports.openQueue({ spec, url: read(paths.queueUrl), ledgerFile: paths.ledger });
}

/** published = processed + waiting + in flight + dead + lost, now. */
export async function readLedger(ports: LabPorts, paths: LabPaths, lab: Lab): Promise<Ledger> {
  const queue = await openLabQueue(ports, paths, lab);
  try {
    return await queue.ledger();
  } finally {
    await queue.close();
  }
}

/** Items that are not finished: waiting or in somebody's hands. */
export function backlogOf(ledger: Ledger): number {
  return ledger.waiting + ledger.inFlight;
}
