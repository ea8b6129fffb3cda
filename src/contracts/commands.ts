export interface CommandResult {
  /** Null when it could not be started or was ended by a signal or the time limit. */
  readonly code: number | null;
  readonly stdout: string;
  /** What it wrote to stderr, or why it could not be started. */
  readonly stderr: string;
}

/** Runs a program to its end with an empty environment. Never rejects: every outcome is a value. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
) => Promise<CommandResult>;
