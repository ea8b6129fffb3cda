/** A process that can be told from a later one with the same pid. `startTime` is opaque: on Linux field 22 of /proc/PID/stat. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

export interface SpawnSpec {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** stdout and stderr are appended here (mode 0600). */
  readonly logFile: string;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface SpawnedProcess extends ProcessIdentity {
  readonly exited: Promise<ProcessExit>;
}

/** Processes as a port. Children run in their own session, so that a terminal's Ctrl-C does not reach them. */
export interface Processes {
  readonly self: ProcessIdentity;
  /** Raises ML-PROC-SPAWN when the program cannot be started. */
  spawn(spec: SpawnSpec): Promise<SpawnedProcess>;
  /** The process with this pid now, or undefined (zombies count as gone). */
  identify(pid: number): ProcessIdentity | undefined;
  isAlive(identity: ProcessIdentity): boolean;
  /** Sends a signal if this very process still lives. */
  signal(identity: ProcessIdentity, signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when it is gone, with what it took. */
  stop(identity: ProcessIdentity, graceMs: number): Promise<'already-gone' | 'terminated' | 'killed'>;
  /** Every living process whose environment has `name=value`: finds what no record names. Linux only, else empty. */
  findByEnv(name: string, value: string): ProcessIdentity[];
}
