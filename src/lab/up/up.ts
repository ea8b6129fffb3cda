import { join } from 'node:path';
import type { ClusterBackend } from '../../contracts/backend.ts';
import type { KubeObject } from '../../contracts/kube-client.ts';
import type { LabRecord } from '../../contracts/lab-record.ts';
import { hasQueue } from '../../contracts/pipelines.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { LabError } from '../../errors/lab-error.ts';
import { acquireLock } from '../../platform/lock.ts';
import { type Drift, specDrift } from '../drift.ts';
import { collectNodeLogs } from '../export-logs.ts';
import { openJournal } from '../journal.ts';
import { type LabPaths, labPaths, readRecord, writeRecord } from '../lab-store.ts';
import { PIPELINE_OF } from '../pipelines/registry.ts';
import type { LabPorts } from '../ports.ts';
import { runSteps } from '../run-steps.ts';
import { removeLab } from '../teardown.ts';
import { allPodObjects, NOT_MADE } from './pod-objects.ts';
import type { UpOptions, UpState } from './state.ts';
import { upSteps } from './steps.ts';

const ROLLBACK_MS = 60_000;
/** An embedded lab of a day is below it; on a full disk programs end without a word, for there is no place for one. */
const LEAST_MEGABYTES = 32;

export interface UpResult {
  readonly lab: string;
  readonly backend: string;
  readonly kubernetesVersion: string;
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  readonly alreadyUp: boolean;
  /** Titles of the steps that changed something. */
  readonly changed: readonly string[];
  /** Settings that were changed in place: `path: old → new`. */
  readonly settings: readonly string[];
}

/**
 * Makes the lab match the spec: makes what is missing, changes what differs, leaves what is right. What cannot work is
 * refused before anything is made. Raises ML-LOCK-HELD, ML-LAB-CHANGED, ML-STATE-*, and the errors of the steps; a failed
 * step leaves what was made, for the next `up` to go on from or `teardown` to remove.
 */
export async function up(ports: LabPorts, spec: LabSpec, options: UpOptions): Promise<UpResult> {
  const paths = labPaths(ports.labsDir, spec.lab);
  const backend = await preflight(ports, spec, paths);
  ports.files.ensureDir(paths.logs);
  using _lock = lock(ports, spec, paths);
  const { record, drift } = await openLab(ports, spec, paths, options);
  const state: UpState = { ports, paths, spec, backend, options, record };
  try {
    const changed = await runSteps({ ...ports, journal: paths.journal }, upSteps(state));
    const cluster = state.record.cluster;
    if (cluster === undefined) throw new LabError('ML-INTERNAL', { text: 'the cluster step left no cluster' });
    writeRecord(ports.files, paths, { ...state.record, complete: true });
    return {
      lab: spec.lab,
      backend: cluster.backend,
      kubernetesVersion: cluster.kubernetesVersion,
      kubeconfig: cluster.kubeconfig,
      context: cluster.context,
      namespace: spec.namespace,
      alreadyUp: changed.length === 0 && record.complete,
      changed,
      settings: drift.inPlace,
    };
  } catch (error) {
    if (options.rollback) await rollBack({ ...ports, signal: AbortSignal.timeout(ROLLBACK_MS) }, state);
    throw error;
  } finally {
    state.client?.close();
  }
}

/** Evidence first: what is removed cannot be asked any more (kind#3758). */
async function rollBack(ports: LabPorts, { record, paths, spec }: UpState): Promise<void> {
  await collectNodeLogs(ports, record, join(paths.logs, 'nodes'));
  await removeLab(ports, paths, spec.lab);
}

/** What `up` would do, without doing it: step titles, the objects that it would apply to a cluster in containers, and how the settings differ from those of an existing lab. */
export async function planUp(
  ports: LabPorts,
  spec: LabSpec,
): Promise<{
  readonly steps: readonly string[];
  readonly drift: Drift;
  readonly exists: boolean;
  readonly objects: readonly KubeObject[];
}> {
  const paths = labPaths(ports.labsDir, spec.lab);
  const backend = await preflight(ports, spec, paths);
  const before = readRecord(ports.files, paths, spec.lab);
  const record = before ?? newRecord(ports, spec);
  const state: UpState = {
    ports,
    paths,
    spec,
    backend,
    options: { recreate: false, rollback: false, timeoutMs: 0 },
    record,
  };
  return {
    steps: upSteps(state).map(({ title }) => title),
    drift: before === undefined ? { inPlace: [], needsNewCluster: [] } : specDrift(before.spec, spec),
    exists: before !== undefined,
    objects: backend.images === undefined || !hasQueue(spec) ? [] : allPodObjects(spec, NOT_MADE),
  };
}

/** Raises what stands in the way, before the lab's folder exists. */
async function preflight(ports: LabPorts, spec: LabSpec, paths: LabPaths): Promise<ClusterBackend> {
  const backend = await ports.backend(spec);
  if (spec.bare !== true) PIPELINE_OF[spec.pipeline].check(ports, spec);
  const free = ports.freeMegabytes(paths.dir);
  if (free < LEAST_MEGABYTES)
    throw new LabError('ML-STATE-DISK-FULL', { path: paths.dir, free, least: LEAST_MEGABYTES });
  const isNew = !ports.files.exists(paths.record);
  if (isNew && spec.apiPort !== 0 && (await ports.isPortBusy(spec.apiPort))) {
    throw new LabError('ML-LAB-PORT-BUSY', { port: spec.apiPort, what: 'the Kubernetes API' });
  }
  return backend;
}

async function openLab(
  ports: LabPorts,
  spec: LabSpec,
  paths: LabPaths,
  options: UpOptions,
): Promise<{ readonly record: LabRecord; readonly drift: Drift }> {
  const before = readRecord(ports.files, paths, spec.lab);
  const drift = before === undefined ? { inPlace: [], needsNewCluster: [] } : specDrift(before.spec, spec);
  if (before !== undefined && drift.needsNewCluster.length === 0) {
    openJournal(ports.files, paths.journal, spec.lab);
    const record = { ...before, spec, complete: before.complete && drift.inPlace.length === 0 };
    if (drift.inPlace.length > 0) writeRecord(ports.files, paths, record);
    return { record, drift };
  }
  if (before !== undefined) {
    if (!options.recreate) {
      throw new LabError('ML-LAB-CHANGED', { lab: spec.lab, fields: drift.needsNewCluster.join('; ') });
    }
    await removeLab(ports, paths, spec.lab, { keepLock: true });
    ports.files.ensureDir(paths.logs);
  }
  const record = newRecord(ports, spec);
  writeRecord(ports.files, paths, record);
  return { record, drift: { inPlace: [], needsNewCluster: [] } };
}

function newRecord(ports: LabPorts, spec: LabSpec): LabRecord {
  const createdAt = new Date(ports.clock.now()).toISOString();
  return { apiVersion: 'metricslab.dev/v1', kind: 'LabState', createdAt, spec, ports: {}, complete: false };
}

function lock(ports: LabPorts, spec: LabSpec, paths: LabPaths): Disposable {
  return acquireLock({
    path: join(paths.lock),
    lab: spec.lab,
    command: ports.command,
    now: new Date(ports.clock.now()).toISOString(),
    files: ports.files,
    processes: ports.processes,
    onTakeover: (text) => ports.io.emit({ type: 'warning', text }),
  });
}
