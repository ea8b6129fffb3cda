import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { binDir } from './real-binaries.ts';
import type { CliHome } from './cli.ts';

const run = promisify(execFile);

export interface Status {
  readonly lab: string;
  readonly ready: boolean;
  readonly problems: readonly string[];
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly hpas: readonly { readonly name: string; readonly current: number; readonly desired: number }[];
  readonly ledger: Readonly<
    Record<'published' | 'processed' | 'waiting' | 'inFlight' | 'dead' | 'duplicates' | 'lost', number>
  > | null;
  readonly components: readonly { readonly name: string; readonly pid: number | null; readonly healthy: boolean }[];
}

/** `metrics-lab status -o json`, parsed. */
export async function statusOf(home: CliHome, lab: string): Promise<Status> {
  const { stdout } = await home.ok(['status', '--lab', lab, '-o', 'json']);
  return JSON.parse(stdout) as Status;
}

/** The real kubectl with the lab's kubeconfig; rejects with its stderr. */
export async function kubectl(home: CliHome, lab: string, ...args: readonly string[]): Promise<string> {
  const kubeconfig = join(home.dir, 'labs', lab, 'kubeconfig');
  const { stdout } = await run(join(binDir(), 'kubectl'), ['--kubeconfig', kubeconfig, '-n', 'metrics-lab', ...args], {
    maxBuffer: 32 * 1024 * 1024,
  });
  return stdout;
}

/** Asks again until the answer is right; the last one is in the error when the time is over. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  right: (answer: T) => boolean,
  timeoutMs: number,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (right(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what} did not come true within ${timeoutMs} ms; last: ${show(last)}`);
    await delay(300);
  }
}

function show(value: unknown): string {
  return value instanceof Error ? value.message : JSON.stringify(value);
}
