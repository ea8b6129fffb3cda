import type { LabSpec } from '../contracts/lab-spec.ts';
import { hasQueue } from '../contracts/pipelines.ts';
import type { Ledger, QueueDriver } from '../contracts/queue.ts';
import { LabError } from '../errors/lab-error.ts';
import type { LabPaths } from './lab-store.ts';
import type { LabPorts } from './ports.ts';

/** The lab's queue as the CLI uses it. The caller closes it. Raises ML-QUEUE-*; ML-LAB-NO-QUEUE before `up` made one; ML-LAB-PIPELINE where there never is one. */
export async function openLabQueue(ports: LabPorts, paths: LabPaths, spec: LabSpec): Promise<QueueDriver> {
  if (!hasQueue(spec)) throw new LabError('ML-LAB-PIPELINE', { lab: spec.lab, pipeline: spec.pipeline });
  const url = ports.files.readText(paths.queueUrl)?.trim();
  if (url === undefined || url === '') throw new LabError('ML-LAB-NO-QUEUE', { lab: spec.lab });
  return ports.openQueue({ spec, url, ledgerFile: paths.ledger });
}

/** published = processed + waiting + in flight + dead + lost, now. */
export async function readLedger(ports: LabPorts, paths: LabPaths, spec: LabSpec): Promise<Ledger> {
  const queue = await openLabQueue(ports, paths, spec);
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
