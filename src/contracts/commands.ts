export interface CommandResult {
  /** Null when it could not be started or was ended by a signal or the time limit. */
  readonly code: number | null;
  readonly stdout: string;
  /** What it wrote to stderr, or why it could not be started. */
  readonly stderr: string;
}

/**
 * Runs a tool of somebody else (kind, docker) to its end, in a session of its own. When the signal aborts or the time is over,
 * the tool and its children get SIGTERM, and SIGKILL 5 s later. Never rejects: every outcome is a value.
 */
export type RunTool = (
  command: string,
  args: readonly string[],
  options: {
    /** The whole environment. */
    readonly env: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
    readonly signal?: AbortSignal;
    /** Each line of stdout and stderr as it comes. */
    readonly onLine?: (line: string) => void;
    /** The command line and everything it prints are appended here (mode 0600). */
    readonly logFile?: string;
  },
) => Promise<CommandResult>;

/** Runs a program to its end with an empty environment. Never rejects: every outcome is a value. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
) => Promise<CommandResult>;
