import type { ComponentSpec, ComponentStatus } from '../../contracts/component.ts';
import type { ProcessIdentity } from '../../contracts/processes.ts';
import { readStatus, specHash } from './component-files.ts';
import { COMPONENT_ENV, SPEC_HASH_ENV, type SupervisorPorts } from './ports.ts';

export interface Found {
  readonly process: ProcessIdentity;
  /** Hash of the spec it was started with; `unknown` when that is no longer written anywhere. */
  readonly hash: string;
  readonly status: ComponentStatus | undefined;
}

/**
 * The living process that an earlier supervisor started for this component. Its status file names it; if that supervisor was
 * killed between starting and recording, the marks in the process's environment do. Undefined when there is none.
 */
export function findProcess(ports: SupervisorPorts, name: string, spec: ComponentSpec | undefined): Found | undefined {
  const status = readStatus(ports.files, ports.paths, name);
  if (status?.process !== undefined && ports.processes.isAlive(status.process)) {
    return { process: status.process, hash: status.specHash, status };
  }
  // Of several the oldest is the component, the others are its own children (redis-server forks to save).
  const marked = ports.processes
    .findByEnv(COMPONENT_ENV, ports.paths.spec(name))
    .sort((a, b) => Number(a.startTime) - Number(b.startTime));
  const oldest = marked[0];
  if (oldest === undefined) return undefined;
  const wanted = spec === undefined ? undefined : specHash(spec);
  const isWanted =
    wanted !== undefined && ports.processes.findByEnv(SPEC_HASH_ENV, wanted).some(({ pid }) => pid === oldest.pid);
  return { process: oldest, hash: isWanted ? wanted : 'unknown', status };
}
