import { describe } from '../../errors/lab-error.ts';

const PARENT_CHECK_MS = 1_000;

/** One line on standard output, with the time. */
export function log(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

/**
 * Runs a program of the workload until it ends by itself or is told to stop: SIGTERM, SIGINT, or the process that started
 * it (METRICS_LAB_PARENT) is gone. Exit code 0, or the error's.
 */
export async function runProgram(main: (stop: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const end = (why: string) => {
    if (stop.signal.aborted) return;
    log(`stopping: ${why}`);
    stop.abort();
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  // The reader of our output may be gone before us: nothing to do about that, and no reason to die in the middle of an item.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const watch = watchParent(() => end('the process that started this one is gone'));
  try {
    await main(stop.signal);
    process.exitCode = 0;
  } catch (error) {
    process.stderr.write(`${new Date().toISOString()} error: ${describe(error)}\n`);
    process.exitCode = error instanceof Object && 'exitCode' in error ? Number(error.exitCode) : 1;
  } finally {
    clearInterval(watch);
  }
}

/** An orphan gets another parent. Only under a lab: in a container or a terminal that is nobody's business. */
function watchParent(onLost: () => void): NodeJS.Timeout | undefined {
  const expected = Number(process.env['METRICS_LAB_PARENT'] ?? 0);
  if (!(expected > 1)) return undefined;
  const atStart = process.ppid;
  return setInterval(() => {
    if (process.ppid !== atStart || !exists(expected)) onLost();
  }, PARENT_CHECK_MS);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
