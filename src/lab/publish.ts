import type { Ledger } from '../contracts/queue.ts';
import { labPaths, requireRecord } from './lab-store.ts';
import { openLabQueue } from './ledger.ts';
import type { LabPorts } from './ports.ts';

export interface PublishRequest {
  readonly lab: string;
  readonly count: number;
  readonly ratePerSecond?: number;
  readonly payload?: string;
}

export interface PublishResult {
  readonly lab: string;
  readonly queue: string;
  readonly published: number;
  readonly seconds: number;
  readonly ledger: Ledger;
}

/** Puts items into the lab's queue, with progress. Raises ML-LAB-NOT-FOUND, ML-QUEUE-*; ML-QUEUE-PUBLISH says how far it got. */
export async function publish(ports: LabPorts, request: PublishRequest): Promise<PublishResult> {
  const { lab, count } = request;
  const record = requireRecord(ports.files, ports.labsDir, lab);
  const queue = await openLabQueue(ports, labPaths(ports.labsDir, lab), record);
  const begun = ports.clock.monotonic();
  try {
    const published = await queue.publish(count, {
      signal: ports.signal,
      onProgress: (done) => ports.io.emit({ type: 'progress', label: 'publishing', done, total: count }),
      ...(request.ratePerSecond === undefined ? {} : { ratePerSecond: request.ratePerSecond }),
      ...(request.payload === undefined ? {} : { payload: request.payload }),
    });
    const seconds = Math.round(ports.clock.monotonic() - begun) / 1000;
    return { lab, queue: record.spec.queue.name, published, seconds, ledger: await queue.ledger() };
  } finally {
    await queue.close();
  }
}
