import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { CommandResult, RunTool } from '../contracts/commands.ts';

const KILL_AFTER_MS = 5_000;
/** More than any tool says that the lab reads; the log file has all of it. */
const MAX_KEPT = 4 * 1024 * 1024;

export const runTool: RunTool = async (command, args, options) => {
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a', 0o600);
  try {
    if (log !== undefined) writeSync(log, `$ ${[command, ...args].join(' ')}\n`);
    return await run(command, args, options, (text) => {
      if (log !== undefined) writeSync(log, text);
    });
  } finally {
    if (log !== undefined) closeSync(log);
  }
};

function run(
  command: string,
  args: readonly string[],
  { env, timeoutMs, signal, onLine }: Parameters<RunTool>[2],
  keep: (text: string) => void,
): Promise<CommandResult> {
  if (signal?.aborted === true) return Promise.resolve({ code: null, stdout: '', stderr: 'not started: interrupted' });
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout = collect(child.stdout, keep, onLine);
  const stderr = collect(child.stderr, keep, onLine);
  let killTimer: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child, 'SIGTERM');
    killTimer ??= setTimeout(() => killGroup(child, 'SIGKILL'), KILL_AFTER_MS);
  };
  const limit = setTimeout(stop, timeoutMs);
  signal?.addEventListener('abort', stop, { once: true });
  return new Promise<CommandResult>((resolve) => {
    child.once('error', (error) => resolve({ code: null, stdout: stdout(), stderr: error.message }));
    child.once('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  }).finally(() => {
    clearTimeout(limit);
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', stop);
  });
}

/** Reads a stream to its end; the returned function gives what came so far. */
function collect(
  stream: ChildProcess['stdout'],
  keep: (text: string) => void,
  onLine?: (line: string) => void,
): () => string {
  let all = '';
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    keep(text);
    if (all.length < MAX_KEPT) all += text;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine?.(line);
  });
  return () => all;
}

/** The tool leads a process group of its own: its children go with it. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // it has ended already
  }
}
