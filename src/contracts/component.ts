import type { ProcessIdentity } from './processes.ts';

/** How the supervisor asks a component whether it works. Files are PEM. */
export type HealthProbe =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly caFile?: string;
      readonly certFile?: string;
      readonly keyFile?: string;
    }
  /** Alive is enough. */
  | { readonly kind: 'process' };

/**
 * A supervised process of a lab, written by `up` as `components/<name>.json` in the lab's folder (mode 0600).
 * The supervisor makes it so: file there = running, file changed = restarted, file gone = stopped.
 */
export interface ComponentSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the supervisor's minimal environment (PATH, HOME, METRICS_LAB_OWNER). */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Names of components that must be healthy before this one is started. */
  readonly after: readonly string[];
  readonly health: HealthProbe;
  readonly graceSeconds: number;
  readonly logFile: string;
  /** Where it listens, for `status`. Never contains a password. */
  readonly url?: string;
}

/** Written by the supervisor as `components/<name>.status.json`. */
export interface ComponentStatus {
  readonly name: string;
  readonly process?: ProcessIdentity;
  readonly healthy: boolean;
  readonly phase: 'waiting' | 'starting' | 'running' | 'back-off' | 'stopping' | 'stopped';
  readonly restarts: number;
  /** Hash of the spec that the running process was started with. */
  readonly specHash: string;
  /** Why it is not healthy, in plain words; empty when it is. */
  readonly message: string;
  readonly lastExit?: { readonly code: number | null; readonly signal: string | null; readonly at: string };
}

/** The environment variable that marks every process of a lab; its value is the lab's folder. */
export const OWNER_ENV = 'METRICS_LAB_OWNER';
