import type { KubeObject } from '../../contracts/kube-client.ts';
import { withMeta } from '../api/objects.ts';
import { definitionErrors } from '../crd/definition-errors.ts';
import { customResourceDefinition as type } from '../types/crd.ts';
import { fieldsOf, listOf, textOf } from './fields.ts';
import type { Kind } from './kind.ts';

export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

const spec = (given: KubeObject) => fieldsOf(given['spec']);
const status = (given: KubeObject) => fieldsOf(given['status']);

/** apiextensions/v1 CustomResourceDefinition; crd/controller.ts makes kinds of them. */
export const customResourceDefinition: Kind = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  generation: true,
  subresources: { status: true },
  versions: [{ version: 'v1', type }],
  default: defaulted,
  prepareCreate: (created) => {
    const stored = listOf(spec(created)['versions']).filter(({ storage }) => storage === true);
    const storedVersions = stored.map(({ name }) => textOf(name));
    return { ...created, status: storedVersions.length === 0 ? {} : { storedVersions } };
  },
  prepareUpdate: (now, old) => {
    const known = (status(old)['storedVersions'] ?? []) as readonly string[];
    const stored = listOf(spec(now)['versions'])
      .filter(({ storage }) => storage === true)
      .map(({ name }) => textOf(name));
    return { ...now, status: { ...status(old), storedVersions: [...new Set([...known, ...stored])] } };
  },
  validate: definitionErrors,
  // A deletion only marks: crd/controller.ts takes the objects of the kind away first, and then the finalizer.
  mark: (given, now) => {
    const finalizers = given.metadata.finalizers ?? [];
    if (given.metadata.deletionTimestamp !== undefined) return finalizers.length === 0 ? undefined : given;
    const pending = {
      type: 'Terminating',
      status: 'True',
      lastTransitionTime: now,
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    };
    const conditions = [...listOf(status(given)['conditions']), pending];
    const marked = withMeta(given, { deletionTimestamp: now, finalizers: [...new Set([...finalizers, CLEANUP])] });
    return { ...marked, status: { ...status(given), conditions } };
  },
};

function defaulted(given: KubeObject): KubeObject {
  const own = spec(given);
  const names = fieldsOf(own['names']);
  const kind = textOf(names['kind']);
  const { acceptedNames, conditions, storedVersions } = status(given);
  return {
    ...given,
    spec: {
      group: '',
      scope: '',
      ...own,
      names: {
        plural: '',
        singular: kind.toLowerCase(),
        kind,
        ...(kind === '' ? {} : { listKind: `${kind}List` }),
        ...names,
      },
      versions: own['versions'] ?? null,
      conversion: own['conversion'] ?? { strategy: 'None' },
    },
    status: {
      conditions: conditions ?? null,
      acceptedNames: { plural: '', kind: '', ...fieldsOf(acceptedNames) },
      storedVersions: storedVersions ?? null,
    },
  };
}
