import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { LabStatus } from '../../src/lab/status.ts';
import { StatusSchema } from '../../src/lab/status-schema.ts';
import { binDir } from './real-binaries.ts';
import type { CliHome } from './cli.ts';

const run = promisify(execFile);

/** `metrics-lab status -o json`, parsed by its published schema. */
export async function statusOf(home: CliHome, lab: string): Promise<LabStatus> {
  const { stdout } = await home.ok(['status', '--lab', lab, '-o', 'json']);
  const { apiVersion, kind, ...status } = JSON.parse(stdout) as Record<string, unknown>;
  if (apiVersion !== 'metricslab.dev/v1' || kind !== 'LabStatus') throw new Error(`not a status: ${stdout}`);
  return StatusSchema.parse(status);
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
