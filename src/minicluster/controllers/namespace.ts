import type { KubeObject } from '../../contracts/kube-client.ts';
import { sameJson, timeText } from '../api/objects.ts';
import type { Kind } from '../kinds/kind.ts';
import { isEmptyOfFinalizers } from '../kinds/namespace.ts';
import { type Fields, listOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';
import { type ControllerClient, NAMESPACES } from './client.ts';
import type { Controller, ControllerContext } from './controller.ts';

/** While content goes that somebody else has to let go of (pods that end, finalizers). */
const LOOK_AGAIN_MS = 500;

/** pkg/controller/namespace: empties a namespace that was deleted, then takes its finalizer away. */
export const namespaceController: Controller = {
  name: 'namespace',
  component: 'namespace-controller',
  account: 'namespace-controller',
  watches: [{ resource: NAMESPACES, keys: ({ object }) => [object.metadata.name] }],
  sync,
};

function sync(name: string, context: ControllerContext): void {
  const { client, again, clock } = context;
  const namespace = client.find(NAMESPACES, undefined, name);
  if (namespace?.metadata.deletionTimestamp === undefined || isEmptyOfFinalizers(namespace)) return;
  const kinds = client.registry.all().filter((kind) => kind.namespaced && isContent(kind));
  for (const kind of kinds) {
    for (const object of client.list(kind, name)) {
      if (object.metadata.deletionTimestamp === undefined) client.delete(kind, object);
    }
  }
  const left = kinds
    .map((kind) => [kind, client.list(kind, name)] as const)
    .filter(([, objects]) => objects.length > 0);
  tell(namespace, conditionsFor(left), client, clock.now());
  if (left.length > 0) return again(name, LOOK_AGAIN_MS);
  client.update(NAMESPACES, namespace, 'other', (present) => {
    const finalizers = (specOf(present)['finalizers'] ?? []) as readonly string[];
    return { ...present, spec: { finalizers: finalizers.filter((each) => each !== 'kubernetes') } };
  });
}

/** Reviews and the like are not kept; the same objects under a second name are deleted once. */
function isContent(kind: Kind): boolean {
  return (kind.verbs?.includes('delete') ?? true) && (kind.storedIn === undefined || kind.storedIn === kind.group);
}

/** The conditions that are the same for every namespace here: nothing of the API cannot be read. */
const FINE: readonly Fields[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
].map(([type, reason, message]) => ({ type, status: 'False', reason, message }));

/** conditions of deletion/status_condition_utils.go. */
function conditionsFor(left: readonly (readonly [Kind, readonly KubeObject[]])[]): readonly Fields[] {
  const what = left.map(([{ plural, group }, { length }]) => `${plural}.${group} has ${length} resource instances`);
  const finalizers = left.flatMap(([, objects]) => objects.flatMap(({ metadata }) => metadata.finalizers ?? []));
  const held = [...new Set(finalizers)]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => `${name} in ${finalizers.filter((each) => each === name).length} resource instances`);
  const remaining =
    what.length > 0
      ? { status: 'True', reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${what.join(', ')}` }
      : { status: 'False', reason: 'ContentRemoved', message: 'All content successfully removed' };
  const holding = `Some content in the namespace has finalizers remaining: ${held.join(', ')}`;
  const waiting =
    held.length > 0
      ? { status: 'True', reason: 'SomeFinalizersRemain', message: holding }
      : { status: 'False', reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' };
  return [
    ...FINE,
    { type: 'NamespaceContentRemaining', ...remaining },
    { type: 'NamespaceFinalizersRemaining', ...waiting },
  ];
}

function tell(namespace: KubeObject, wanted: readonly Fields[], client: ControllerClient, now: number): void {
  const known = listOf(statusOf(namespace)['conditions']);
  const conditions = wanted.map((condition) => {
    const before = known.find(({ type }) => type === condition['type']);
    const lastTransitionTime =
      before !== undefined && before['status'] === condition['status'] ? before['lastTransitionTime'] : timeText(now);
    return { ...condition, lastTransitionTime };
  });
  if (sameJson(conditions, known)) return;
  client.update(NAMESPACES, namespace, 'status', (present) => ({
    ...present,
    status: { ...statusOf(present), conditions },
  }));
}
