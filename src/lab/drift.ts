import { PROCESS_BACKENDS } from '../contracts/backend.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';

/** Fields whose change needs a new cluster or would lose the queue's content; the machines of a cluster in containers as well. */
const NEEDS_NEW_CLUSTER: readonly string[] = [
  'backend',
  'kubernetesVersion',
  'binDir',
  'nodeImage',
  'driver',
  'namespace',
  'apiPort',
  'bare',
  'pipeline',
  'queue.kind',
  'queue.name',
  'queue.url',
];

export interface Drift {
  /** `path: old → new`, for what `up` can apply in place. */
  readonly inPlace: readonly string[];
  readonly needsNewCluster: readonly string[];
}

/** How a wanted spec differs from the one that the lab was made with. */
export function specDrift(before: LabSpec, wanted: LabSpec): Drift {
  const old = flatten(before);
  const now = flatten(wanted);
  const fixed = PROCESS_BACKENDS.includes(before.backend) ? NEEDS_NEW_CLUSTER : [...NEEDS_NEW_CLUSTER, 'nodes'];
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path)).sort();
  const line = (path: string) =>
    path === 'queue.url' ? path : `${path}: ${old.get(path) ?? 'unset'} → ${now.get(path) ?? 'unset'}`;
  return {
    inPlace: changed.filter((path) => !fixed.includes(path)).map(line),
    needsNewCluster: changed.filter((path) => fixed.includes(path)).map(line),
  };
}

function flatten(value: object, prefix = ''): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [name, child] of Object.entries(value) as [string, unknown][]) {
    if (child === undefined) continue;
    const path = `${prefix}${name}`;
    if (typeof child === 'object' && child !== null && !Array.isArray(child)) {
      for (const [key, leaf] of flatten(child, `${path}.`)) leaves.set(key, leaf);
    } else leaves.set(path, JSON.stringify(child));
  }
  return leaves;
}
