import { describe } from '../../errors/lab-error.ts';
import type { InspectOptions } from '../../explain/inspect/inspect.ts';
import type { Reading } from '../../explain/inspect/inspection.ts';
import { backlogOf, readLedger } from '../../lab/ledger.ts';
import { labPaths, readRecord } from '../../lab/lab-store.ts';
import type { LabPorts } from '../../lab/ports.ts';
import type { Ledger } from '../../contracts/queue.ts';

const OF_LEDGER: Readonly<Record<string, (ledger: Ledger) => number>> = {
  queue_length: backlogOf,
  queue_waiting: ({ waiting }) => waiting,
  queue_in_flight: ({ inFlight }) => inFlight,
};

/** The metrics of the lab's own queue, asked at the queue itself; null for every other metric. */
export function labSource(ports: LabPorts, lab: string): InspectOptions['source'] {
  const paths = labPaths(ports.labsDir, lab);
  const record = readRecord(ports.files, paths, lab);
  const spec = record?.spec;
  return async ({ name, selector }): Promise<Reading | null> => {
    const of = OF_LEDGER[name];
    if (record === undefined || spec === undefined || of === undefined || selector !== `queue=${spec.queue.name}`)
      return null;
    const from = `${spec.queue.kind} queue ${spec.queue.name}`;
    try {
      const value = String(of(await readLedger(ports, paths, record)));
      return { from, values: [value], total: value, ageSeconds: 0, problem: null };
    } catch (error) {
      return { from, values: [], total: null, ageSeconds: null, problem: describe(error) };
    }
  };
}
