import type { KubeObject } from '../../contracts/kube-client.ts';
import { AGE, NAME } from '../api/table.ts';
import { withMeta } from '../api/objects.ts';
import { replicaSet as type } from '../types/apps.ts';
import { listOf, nonNegative } from './fields.ts';
import type { Kind } from './kind.ts';
import { defaultTemplate } from './pod-defaults.ts';
import {
  CONTAINERS,
  countColumn,
  IMAGES,
  SELECTOR,
  selectorImmutable,
  specOf,
  statusErrors,
  statusOf,
  templateErrors,
  WORKLOAD_SCALE,
} from './workload.ts';

export const replicaSet: Kind = {
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: { status: true, scale: WORKLOAD_SCALE },
  versions: [{ version: 'v1', type }],
  default: defaulted,
  prepareStatus: (updated, old) => withMeta(updated, { labels: old.metadata.labels }),
  validate: (given) => [
    ...nonNegative(['spec', 'replicas'], specOf(given)['replicas']),
    ...nonNegative(['spec', 'minReadySeconds'], specOf(given)['minReadySeconds']),
    ...templateErrors(given),
  ],
  validateUpdate: selectorImmutable,
  validateStatus: (given) => statusErrors(given, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']),
  columns: [
    NAME,
    countColumn('Desired', (given) => specOf(given)['replicas']),
    countColumn('Current', (given) => statusOf(given)['replicas']),
    countColumn('Ready', (given) => statusOf(given)['readyReplicas']),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
  ],
};

function defaulted(given: KubeObject): KubeObject {
  const spec = specOf(given);
  const status = statusOf(given);
  const conditions = listOf(status['conditions']).map((each) => ({ lastTransitionTime: null, ...each }));
  return {
    ...given,
    spec: { replicas: 1, ...spec, selector: spec['selector'], template: defaultTemplate(spec['template']) },
    status: { replicas: 0, ...status, ...(conditions.length === 0 ? {} : { conditions }) },
  };
}
