import type { KubeObject } from '../../contracts/kube-client.ts';
import { labelSelectorAsSelector } from '../../hpa/labels/label-selector.ts';
import { selectorMatches } from '../../hpa/labels/requirement.ts';
import { withMeta } from '../api/objects.ts';
import { specOf } from '../kinds/workload.ts';
import { RULES } from '../kubernetes-version.ts';
import type { ControllerClient, Resource } from './client.ts';
import { controllerOf, controllerRef, isControlledBy, ownersOf } from './pods.ts';

/** Whether an object has labels that a workload's selector chooses. */
export function selects(owner: KubeObject, { metadata }: KubeObject): boolean {
  const selector = labelSelectorAsSelector(specOf(owner)['selector'] as never, RULES);
  return 'ok' in selector && selectorMatches(selector.ok, metadata.labels ?? {});
}

/** The workloads of a kind that an object without a controller could belong to, as keys' objects. */
export function possibleOwners(
  client: ControllerClient,
  resource: Resource,
  object: KubeObject,
): readonly KubeObject[] {
  return client.list(resource, object.metadata.namespace).filter((owner) => selects(owner, object));
}

/**
 * What belongs to an owner: its own that still match, orphans that match are adopted, its own that match no more are let go
 * (controller_ref_manager.go). `mayAdopt`: which orphans.
 */
export function claim(
  client: ControllerClient,
  resource: Resource,
  owner: KubeObject,
  mayAdopt: (object: KubeObject) => boolean = () => true,
): readonly KubeObject[] {
  const deleted = owner.metadata.deletionTimestamp !== undefined;
  return client.list(resource, owner.metadata.namespace).flatMap((object) => {
    const matches = selects(owner, object);
    if (controllerOf(object) !== undefined) {
      if (!isControlledBy(object, owner)) return [];
      if (matches) return [object];
      if (!deleted) letGo(client, resource, owner, object);
      return [];
    }
    if (deleted || !matches || object.metadata.deletionTimestamp !== undefined || !mayAdopt(object)) return [];
    return [adopt(client, resource, owner, object)];
  });
}

function adopt(client: ControllerClient, resource: Resource, owner: KubeObject, object: KubeObject): KubeObject {
  return client.update(resource, object, 'main', (present) =>
    withMeta(present, { ownerReferences: [...ownersOf(present), controllerRef(owner)] }),
  );
}

function letGo(client: ControllerClient, resource: Resource, owner: KubeObject, object: KubeObject): void {
  client.update(resource, object, 'main', (present) => {
    const rest = ownersOf(present).filter(({ uid }) => uid !== owner.metadata.uid);
    return withMeta(present, { ownerReferences: rest.length === 0 ? undefined : rest });
  });
}
