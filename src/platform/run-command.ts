import { execFile } from 'node:child_process';

export interface CommandResult {
  /** Null when it could not be started or was ended by a signal or the time limit. */
  readonly code: number | null;
  readonly stdout: string;
  /** What it wrote to stderr, or why it could not be started. */
  readonly stderr: string;
}

/** Runs a program to its end with an empty environment. Never rejects: every outcome is a value. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<CommandResult> {
  const { timeoutMs: timeout, signal } = options;
  const settings = { timeout, env: {}, maxBuffer: 1024 * 1024, ...(signal === undefined ? {} : { signal }) };
  return new Promise((resolve) => {
    execFile(command, args, settings, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr: stderr.trim() === '' && error !== null ? error.message : stderr });
    });
  });
}
