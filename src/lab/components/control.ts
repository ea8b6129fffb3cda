import type { ComponentControl, EnsureOptions } from '../../contracts/backend.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { ComponentSpec, ComponentStatus } from '../../contracts/component.ts';
import type { Files } from '../../contracts/files.ts';
import type { Processes } from '../../contracts/processes.ts';
import { LabError } from '../../errors/lab-error.ts';
import { readSpec, readStatus, specHash } from '../supervisor/component-files.ts';
import { componentNames, type SupervisorPaths, supervisorPaths } from '../supervisor/paths.ts';
import { ensureComponent } from './ensure.ts';
import { isSupervised, startSupervisor } from './start-supervisor.ts';
import { type Stopped, stopAll } from './stop-all.ts';

export interface ComponentPorts extends ControlPorts {
  readonly paths: SupervisorPaths;
  /** Makes sure that there is a supervisor, once however many components are asked for at a time. */
  readonly supervise: (signal: AbortSignal) => Promise<void>;
}

/** What the control of components needs from outside. */
export interface ControlPorts {
  readonly files: Files;
  readonly processes: Processes;
  readonly clock: Clock;
  /** The supervisor program; the lab's folder is appended to its arguments. */
  readonly program: { readonly command: string; readonly args: readonly string[] };
  /** The supervisor's environment (PATH and HOME), from which every component's is made. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ComponentEntry {
  readonly spec: ComponentSpec;
  /** As the supervisor last wrote it, corrected where the process or the supervisor is gone since. */
  readonly status: ComponentStatus | undefined;
}

/** The components of one lab. Reading costs a few small files; nothing here asks a component itself. */
export interface LabComponentControl extends ComponentControl {
  list(): readonly ComponentEntry[];
  /** Stops everything that belongs to the lab, the supervisor too. May be called again. */
  stopAll(graceMs?: number): Promise<Stopped>;
}

const POLL_MS = 25;

/** Raises (all methods) ML-STATE-IO, ML-STATE-CORRUPT when a spec file cannot be read as one. */
export function componentControl(ports: ControlPorts, labDir: string): LabComponentControl {
  const paths = supervisorPaths(labDir);
  let starting: Promise<void> | undefined;
  const supervise = (signal: AbortSignal) => {
    starting ??= startSupervisor({ ...ports, paths }, signal).finally(() => {
      starting = undefined;
    });
    return starting;
  };
  const own: ComponentPorts = { ...ports, paths, supervise };
  return {
    ensure: (spec: ComponentSpec, options: EnsureOptions) => ensureComponent(own, spec, options),
    list: () => listComponents(own),
    remove: (name, signal) => removeComponent(own, name, signal),
    stopAll: (graceMs) => stopAll(own, listForStopping(own), graceMs),
  };
}

function listComponents(ports: ComponentPorts): readonly ComponentEntry[] {
  const { files, paths } = ports;
  const supervised = isSupervised(ports);
  return componentNames(files.list(paths.components)).specs.flatMap((name) => {
    const spec = readSpec(files, paths, name);
    if (spec === undefined) return [];
    const status = readStatus(files, paths, name);
    return [{ spec, status: status === undefined ? undefined : corrected(ports, spec, status, supervised) }];
  });
}

function corrected(
  { processes }: ComponentPorts,
  spec: ComponentSpec,
  status: ComponentStatus,
  supervised: boolean,
): ComponentStatus {
  const unwell = (message: string): ComponentStatus => ({ ...status, healthy: false, message });
  if (status.process !== undefined && !processes.isAlive(status.process)) {
    const { process: _gone, ...rest } = unwell('its process is gone');
    return { ...rest, phase: supervised ? 'back-off' : 'stopped' };
  }
  if (!supervised && status.healthy) return { ...status, message: 'it runs, but nobody supervises it' };
  if (status.healthy && status.specHash !== specHash(spec))
    return unwell('it is about to be restarted with a new spec');
  return status;
}

/** For stopping, a spec that cannot be read does not hide the others: its process is found by its environment. */
function listForStopping(ports: ComponentPorts): readonly ComponentEntry[] {
  const { files, paths } = ports;
  const { specs, statuses } = componentNames(files.list(paths.components));
  return [...new Set([...specs, ...statuses])].map((name) => ({
    spec: readableSpec(ports, name) ?? bareSpec(name),
    status: readStatus(files, paths, name),
  }));
}

function readableSpec({ files, paths }: ComponentPorts, name: string): ComponentSpec | undefined {
  try {
    return readSpec(files, paths, name);
  } catch (error) {
    if (error instanceof LabError && error.id === 'ML-STATE-CORRUPT') return undefined;
    throw error;
  }
}

function bareSpec(name: string): ComponentSpec {
  const health = { kind: 'process' } as const;
  return { name, command: '', args: [], env: {}, after: [], health, graceSeconds: 5, logFile: '' };
}

async function removeComponent(ports: ComponentPorts, name: string, signal?: AbortSignal): Promise<boolean> {
  const { files, processes, clock, paths } = ports;
  const graceMs = (readableSpec(ports, name)?.graceSeconds ?? 5) * 1000;
  const existed = files.exists(paths.spec(name)) || files.exists(paths.status(name));
  files.remove(paths.spec(name));
  while (isSupervised(ports) && files.exists(paths.status(name))) await clock.sleep(POLL_MS, signal);
  const left = readStatus(files, paths, name)?.process;
  if (left !== undefined) await processes.stop(left, graceMs);
  files.remove(paths.status(name));
  return existed;
}
