import { join } from 'node:path';
import type { Clock } from '../contracts/clock.ts';
import type { TailReader } from '../contracts/tail-reader.ts';
import { LabError } from '../errors/lab-error.ts';
import { readJournal } from './journal.ts';
import { labPaths, requireRecord } from './lab-store.ts';
import type { LabPorts } from './ports.ts';

/** Where the log of a component lies. Raises ML-LAB-NOT-FOUND, ML-LOGS-COMPONENT with the names there are. */
export function logFileOf(ports: LabPorts, lab: string, component: string): string {
  requireRecord(ports.files, ports.labsDir, lab);
  const names = logNames(ports, lab);
  if (!names.includes(component)) {
    throw new LabError('ML-LOGS-COMPONENT', { component, lab, names: names.join(', ') || 'none' });
  }
  return join(labPaths(ports.labsDir, lab).logs, `${component}.log`);
}

/** Names that `logs` takes, sorted. */
export function logNames(ports: LabPorts, lab: string): readonly string[] {
  return ports.files
    .list(labPaths(ports.labsDir, lab).logs)
    .filter((name) => name.endsWith('.log'))
    .map((name) => name.slice(0, -'.log'.length));
}

/** What the commands did to the lab, one line per step. Raises ML-LAB-NOT-FOUND, ML-STATE-CORRUPT. */
export function labStory(ports: LabPorts, lab: string): readonly string[] {
  requireRecord(ports.files, ports.labsDir, lab);
  return readJournal(ports.files, labPaths(ports.labsDir, lab).journal, lab).map(
    ({ time, command, step, state, ms, error }) =>
      `${time} ${command}: ${step} ${state}${ms === undefined ? '' : ` (${(ms / 1000).toFixed(1)}s)`}${error === undefined ? '' : ` ${error}`}`,
  );
}

const FOLLOW_MS = 300;

/** The content of a log from its beginning or its last lines on; with `follow` what is added, until the signal aborts. */
export async function* readLog(
  path: string,
  options: {
    readonly reader: TailReader;
    readonly clock: Clock;
    readonly follow: boolean;
    readonly tail?: number;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<string> {
  const { reader, clock, follow, tail, signal } = options;
  let offset = tail === undefined ? 0 : reader.startOf(path, tail);
  for (;;) {
    const { text, end } = reader.read(path, offset);
    if (text !== '') yield text;
    // The supervisor starts a log anew when it has become too large.
    offset = end;
    if (text !== '') continue;
    if (!follow || signal.aborted) return;
    await clock.sleep(FOLLOW_MS, signal).catch(() => signal.aborted);
  }
}
