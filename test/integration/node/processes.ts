import { readFileSync } from 'node:fs';
import { nodeProcesses } from '../../../src/platform/processes.ts';

/** Living processes that carry this owner, with their environment. */
export function identified(
  owner: string,
): readonly { readonly pid: number; readonly env: Readonly<Record<string, string>> }[] {
  return nodeProcesses()
    .findByEnv('METRICS_LAB_OWNER', owner)
    .map(({ pid }) => ({ pid, env: environment(pid) }));
}

function environment(pid: number): Record<string, string> {
  const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    });
  return Object.fromEntries(pairs);
}
