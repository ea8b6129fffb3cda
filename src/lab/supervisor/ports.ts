import type { Clock } from '../../contracts/clock.ts';
import type { HealthProbe } from '../../contracts/component.ts';
import type { Files } from '../../contracts/files.ts';
import type { Processes } from '../../contracts/processes.ts';
import type { SupervisorPaths } from './paths.ts';
import type { Prober } from './probe.ts';

/** What the supervisor needs from outside. */
export interface SupervisorPorts {
  readonly files: Files;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly paths: SupervisorPaths;
  /** Environment that every component gets: PATH, HOME, METRICS_LAB_OWNER. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** One line into the supervisor's own log. Must not throw: with a full disk there is nowhere to say so. */
  readonly log: (line: string) => void;
  readonly openProber: (probe: HealthProbe) => Prober;
}

/** Marks a component's process with the path of its spec: finds the one that a killed supervisor started and did not record. */
export const COMPONENT_ENV = 'METRICS_LAB_COMPONENT';
/** Hash of the spec that the process was started with. */
export const SPEC_HASH_ENV = 'METRICS_LAB_SPEC_HASH';
