import { join } from 'node:path';
import { z } from 'zod';
import { LabError } from '../errors/lab-error.ts';
import { hasContext, withEntries, withoutEntries } from '../kube/merge-kubeconfig.ts';
import type { LabPaths } from './lab-store.ts';
import type { LabPorts } from './ports.ts';

interface Merged {
  readonly path: string;
  readonly context: string;
}
const Merged: z.ZodType<Merged> = z.object({ path: z.string(), context: z.string() });
type Ports = Pick<LabPorts, 'files'>;

/** Which kubeconfig of the user's this lab has put its context into, when it was asked to. */
export function mergedInto({ files }: Ports, paths: LabPaths): Merged | undefined {
  const text = files.readText(recordOf(paths));
  return text === undefined ? undefined : Merged.parse(JSON.parse(text));
}

/**
 * Puts the lab's context into a kubeconfig of the user's, or brings it up to date there; the current context stays. Resolves to
 * whether something changed. Raises ML-KUBE-CONFIG, also for a context of the same name that this lab did not put there.
 */
export function mergeKubeconfig({ files }: Ports, paths: LabPaths, path: string, context: string): boolean {
  const before = files.readText(path);
  const mine = mergedInto({ files }, paths);
  const isMine = mine?.path === path && mine.context === context;
  if (!isMine && before !== undefined && hasContext(before, path, context)) {
    const reason = `it has a context "${context}" that this lab did not put there`;
    throw new LabError('ML-KUBE-CONFIG', { path, reason });
  }
  const text = withEntries(before, path, files.readText(paths.kubeconfig) ?? '', context);
  // Written first: what is in the user's file must be known for the lab's.
  files.writeAtomic(recordOf(paths), `${JSON.stringify({ path, context })}\n`, 0o600);
  if (text === before) return false;
  files.ensureDir(join(path, '..'));
  files.writeAtomic(path, text, 0o600);
  return true;
}

/** Takes it out again; resolves to the path when there was something to take out. Raises ML-KUBE-CONFIG. */
export function unmergeKubeconfig({ files }: Ports, paths: LabPaths): string | undefined {
  const mine = mergedInto({ files }, paths);
  const before = mine === undefined ? undefined : files.readText(mine.path);
  if (mine === undefined || before === undefined) return undefined;
  const text = withoutEntries(before, mine.path, mine.context);
  if (text !== undefined) files.writeAtomic(mine.path, text, 0o600);
  return text === undefined ? undefined : mine.path;
}

function recordOf({ dir }: LabPaths): string {
  return join(dir, 'merged-kubeconfig.json');
}
