import type { KubeClient, KubeObject } from '../../contracts/kube-client.ts';
import { applyObject, pathOf } from '../../kube/apply.ts';
import { parseObject } from '../../kube/objects.ts';
import { FIELD_MANAGER } from '../../workload/manifests.ts';
import type { StepResult } from '../run-steps.ts';

/** Applies objects in order by server-side apply; resolves to `Kind/name` of those that it made or changed. */
export async function applyAll(client: KubeClient, objects: readonly KubeObject[]): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const object of objects) {
    const before = await client.find(pathOf(object));
    const after = await applyObject(client, object, FIELD_MANAGER);
    const known = before === undefined ? undefined : parseObject(before).metadata.resourceVersion;
    // An apply that changes nothing keeps the version (kube-apiserver's no-op detection).
    if (known !== after.metadata.resourceVersion) changed.push(`${object.kind}/${object.metadata.name}`);
  }
  return changed;
}

/** `applyAll` as a step of `up`: what it changed is its detail. */
export async function applyStep(client: KubeClient, objects: readonly KubeObject[]): Promise<StepResult> {
  const changed = await applyAll(client, objects);
  return { changed: changed.length > 0, ...(changed.length > 0 ? { detail: changed.join(', ') } : {}) };
}
