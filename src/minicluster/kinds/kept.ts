import type { KubeObject } from '../../contracts/kube-client.ts';
import { AGE, NAME } from '../api/table.ts';
import { raw } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import { fieldsOf } from './fields.ts';
import type { Column, Kind } from './kind.ts';
import { replicaSet } from './replica-set.ts';
import { SELECTOR, specOf } from './workload.ts';

type Kept = Pick<Kind, 'categories' | 'group' | 'kind' | 'namespaced' | 'plural' | 'shortNames'> & {
  /** Fields beside the metadata; those of status get their subresource. */
  readonly fields: string;
  readonly columns?: readonly Column[];
};

/** printersinternal: as of a replica set, but the selector is a map. */
const REPLICATION_CONTROLLER: readonly Column[] = (replicaSet.columns ?? []).map((column) =>
  column === SELECTOR ? { ...SELECTOR, cell: selectorMap } : column,
);

const STORAGE = 'storage.k8s.io';
const RESOURCE = 'resource.k8s.io';
const CLASS =
  'provisioner parameters reclaimPolicy mountOptions allowVolumeExpansion volumeBindingMode allowedTopologies';
const BODY = 'spec status';
const cluster = { namespaced: false };
const namespaced = { namespaced: true };

const KEPT_KINDS: readonly Kept[] = [
  { group: '', kind: 'PersistentVolume', plural: 'persistentvolumes', shortNames: ['pv'], ...cluster, fields: BODY },
  {
    group: '',
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
    shortNames: ['pvc'],
    ...namespaced,
    fields: BODY,
  },
  {
    group: '',
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    shortNames: ['rc'],
    categories: ['all'],
    ...namespaced,
    fields: BODY,
    columns: REPLICATION_CONTROLLER,
  },
  {
    group: 'networking.k8s.io',
    kind: 'Ingress',
    plural: 'ingresses',
    shortNames: ['ing'],
    ...namespaced,
    fields: BODY,
  },
  {
    group: 'policy',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    shortNames: ['pdb'],
    ...namespaced,
    fields: BODY,
  },
  { group: STORAGE, kind: 'StorageClass', plural: 'storageclasses', shortNames: ['sc'], ...cluster, fields: CLASS },
  { group: STORAGE, kind: 'CSIDriver', plural: 'csidrivers', ...cluster, fields: 'spec' },
  { group: STORAGE, kind: 'CSINode', plural: 'csinodes', ...cluster, fields: 'spec' },
  {
    group: STORAGE,
    kind: 'CSIStorageCapacity',
    plural: 'csistoragecapacities',
    ...namespaced,
    fields: 'nodeTopology storageClassName capacity maximumVolumeSize',
  },
  { group: STORAGE, kind: 'VolumeAttachment', plural: 'volumeattachments', ...cluster, fields: BODY },
  { group: RESOURCE, kind: 'ResourceClaim', plural: 'resourceclaims', ...namespaced, fields: BODY },
  { group: RESOURCE, kind: 'ResourceSlice', plural: 'resourceslices', ...cluster, fields: 'spec' },
  { group: RESOURCE, kind: 'DeviceClass', plural: 'deviceclasses', ...cluster, fields: 'spec' },
];

/**
 * Kinds that clients list, or name as the object of a metric, and that a lab has no use for: kept as they come, without defaults
 * and rules below the fields named here. kube-scheduler binds nothing before it has seen all but ingresses.
 */
export const KEPT: readonly Kind[] = KEPT_KINDS.map(({ fields, columns, ...names }) => {
  const parts = fields.split(' ');
  const type = object(`v1.${names.kind}`, Object.fromEntries(parts.map((part) => [part, raw])));
  return {
    ...names,
    singular: names.kind.toLowerCase(),
    versions: [{ version: 'v1', type }],
    ...(parts.includes('status') ? { subresources: { status: true }, generation: true } : {}),
    columns: columns ?? [NAME, AGE],
  };
});

function selectorMap(given: KubeObject): string {
  const pairs = Object.entries(fieldsOf(specOf(given)['selector']));
  return pairs.map(([name, value]) => `${name}=${String(value)}`).join(',');
}
