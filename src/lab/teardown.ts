import { join } from 'node:path';
import { PROCESS_BACKENDS } from '../contracts/backend.ts';
import { hasQueue } from '../contracts/pipelines.ts';
import type { Ledger } from '../contracts/queue.ts';
import { describe, LabError } from '../errors/lab-error.ts';
import { acquireLock } from '../platform/lock.ts';
import { clusterSpecOf } from './cluster-spec.ts';
import { type LabPaths, labPaths, listLabs, readRecord } from './lab-store.ts';
import { readLedger } from './ledger.ts';
import { unmergeKubeconfig } from './merged-kubeconfig.ts';
import type { LabPorts } from './ports.ts';

export interface TeardownResult {
  readonly lab: string;
  /** False: there was no lab of this name. */
  readonly existed: boolean;
  /** Names of what was stopped or removed. */
  readonly removed: readonly string[];
  /** The ledger at the end, when the queue still answered. */
  readonly ledger: Ledger | undefined;
  /** Where the logs lie now. */
  readonly logs: string | undefined;
  /** Names of the labs that are still there. */
  readonly others: readonly string[];
}

export interface TeardownOptions {
  /** Also when the lab's record cannot be read. */
  readonly force: boolean;
}

/**
 * Removes a lab: its processes, then its folder; the logs stay (`logs/<lab>` beside the labs, replaced by the next one).
 * Nothing there is no error. Raises ML-LOCK-HELD, ML-STATE-CORRUPT (without `force`), ML-LEFTOVER with what would not go.
 */
export async function teardown(ports: LabPorts, lab: string, options: TeardownOptions): Promise<TeardownResult> {
  const paths = labPaths(ports.labsDir, lab);
  const others = () => listLabs(ports.files, ports.labsDir).filter((name) => name !== lab);
  if (!ports.files.exists(paths.dir)) {
    return { lab, existed: false, removed: [], ledger: undefined, logs: undefined, others: others() };
  }
  if (!options.force) readRecord(ports.files, paths, lab); // raises when it is damaged
  using _lock = acquireLock({
    path: paths.lock,
    lab,
    command: ports.command,
    now: new Date(ports.clock.now()).toISOString(),
    files: ports.files,
    processes: ports.processes,
    onTakeover: (text) => ports.io.emit({ type: 'warning', text }),
  });
  const ledger = await lastLedger(ports, paths, lab);
  const removed = await removeLab(ports, paths, lab);
  return { lab, existed: true, removed, ledger, logs: keptLogs(ports, lab), others: others() };
}

/**
 * Stops and removes everything of a lab whose lock the caller holds. Resolves to what was removed. Raises ML-LEFTOVER; then
 * the folder stays, so that the next try finds the rest.
 */
export async function removeLab(
  ports: LabPorts,
  paths: LabPaths,
  lab: string,
  options: { readonly keepLock?: boolean } = {},
): Promise<readonly string[]> {
  const { files } = ports;
  const { stopped, left } = await ports.components(paths.dir).stopAll();
  const outside = await removeOutside(ports, paths, lab);
  if (left.length > 0) throw new LabError('ML-LEFTOVER', { lab, items: left.join(', ') });
  const kubeconfig = unmergeKubeconfig(ports, paths);
  keepLogs(ports, paths, lab);
  for (const name of files.list(paths.dir)) {
    if (options.keepLock !== true || join(paths.dir, name) !== paths.lock) files.remove(join(paths.dir, name));
  }
  if (options.keepLock !== true) files.remove(paths.dir);
  return [...stopped, ...outside, ...(kubeconfig === undefined ? [] : [`its context in ${kubeconfig}`])];
}

/** What the backend made outside the lab's folder; nothing is known of it when the record cannot be read. */
async function removeOutside(ports: LabPorts, paths: LabPaths, lab: string): Promise<readonly string[]> {
  let record: ReturnType<typeof readRecord>;
  try {
    record = readRecord(ports.files, paths, lab);
  } catch (error) {
    if (!(error instanceof LabError) || error.id !== 'ML-STATE-CORRUPT') throw error;
    ports.io.emit({ type: 'warning', text: `${describe(error)}; only processes and files of the lab are removed` });
  }
  // A process backend makes nothing outside the lab's folder and its processes.
  if (record === undefined || PROCESS_BACKENDS.includes(record.spec.backend)) return [];
  const backend = await ports.backend(record.spec);
  return backend.remove(clusterSpecOf(record.spec, paths.dir));
}

async function lastLedger(ports: LabPorts, paths: LabPaths, lab: string): Promise<Ledger | undefined> {
  try {
    const record = readRecord(ports.files, paths, lab);
    return record === undefined || !hasQueue(record.spec) ? undefined : await readLedger(ports, paths, record);
  } catch (error) {
    ports.io.emit({ type: 'note', text: `no ledger: ${describe(error)}` });
    return undefined;
  }
}

function keptLogs(ports: LabPorts, lab: string): string {
  return join(ports.labsDir, '..', 'logs', lab);
}

function keepLogs(ports: LabPorts, paths: LabPaths, lab: string): void {
  const kept = keptLogs(ports, lab);
  if (!ports.files.exists(paths.logs)) return;
  ports.files.ensureDir(join(kept, '..'));
  ports.files.remove(kept);
  ports.files.rename(paths.logs, kept);
  if (ports.files.exists(paths.journal)) ports.files.rename(paths.journal, join(kept, 'journal.ndjson'));
}
