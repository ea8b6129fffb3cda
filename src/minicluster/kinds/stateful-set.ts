import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, forbidden, invalid, named } from '../../hpa/api/field-error.ts';
import { sameJson, withMeta } from '../api/objects.ts';
import { AGE, NAME } from '../api/table.ts';
import { statefulSet as type } from '../types/apps.ts';
import { type Fields, fieldsOf, listOf, mapList, nonNegative, textOf } from './fields.ts';
import type { Kind } from './kind.ts';
import { defaultTemplate } from './pod-defaults.ts';
import {
  CONTAINERS,
  IMAGES,
  READY,
  specOf,
  statusErrors,
  statusOf,
  templateErrors,
  WORKLOAD_SCALE,
} from './workload.ts';

const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];
const FROZEN =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

export const statefulSet: Kind = {
  group: 'apps',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: { status: true, scale: WORKLOAD_SCALE },
  versions: [{ version: 'v1', type }],
  default: defaulted,
  prepareStatus: (updated, old) => withMeta(updated, { labels: old.metadata.labels }),
  validate: (given) => [
    ...policyErrors(given),
    ...nonNegative(['spec', 'replicas'], specOf(given)['replicas']),
    ...templateErrors(given),
  ],
  validateUpdate: (now, old) => {
    const frozen = (spec: Fields) => Object.entries(spec).filter(([name]) => !CHANGEABLE.includes(name));
    const same = sameJson(Object.fromEntries(frozen(specOf(now))), Object.fromEntries(frozen(specOf(old))));
    return same ? [] : [forbidden(['spec'], FROZEN)];
  },
  validateStatus: (given) =>
    statusErrors(given, ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas']),
  columns: [NAME, READY, AGE, CONTAINERS, IMAGES],
};

function policyErrors(given: KubeObject): readonly FieldError[] {
  const policy = textOf(specOf(given)['podManagementPolicy']);
  const { type: strategy } = fieldsOf(specOf(given)['updateStrategy']);
  const path = ['spec', 'podManagementPolicy'];
  return [
    ...(policy === 'OrderedReady' || policy === 'Parallel'
      ? []
      : [invalid(path, named(policy), "must be 'OrderedReady' or 'Parallel'")]),
    ...(strategy === 'RollingUpdate' || strategy === 'OnDelete'
      ? []
      : [invalid(['spec', 'updateStrategy'], named(textOf(strategy)), "must be 'RollingUpdate' or 'OnDelete'")]),
  ];
}

function defaulted(given: KubeObject): KubeObject {
  const spec = specOf(given);
  const strategy = fieldsOf(spec['updateStrategy']);
  const kind = textOf(strategy['type']) || 'RollingUpdate';
  const rolling = { partition: 0, ...fieldsOf(strategy['rollingUpdate']) };
  const claims = mapList(spec['volumeClaimTemplates'], defaultClaim);
  const status = statusOf(given);
  const conditions = listOf(status['conditions']).map((each) => ({ lastTransitionTime: null, ...each }));
  return {
    ...given,
    spec: {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      serviceName: '',
      ...spec,
      selector: spec['selector'],
      template: defaultTemplate(spec['template']),
      updateStrategy: kind === 'RollingUpdate' ? { type: kind, rollingUpdate: rolling } : { ...strategy, type: kind },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
        ...fieldsOf(spec['persistentVolumeClaimRetentionPolicy']),
      },
      ...(claims === undefined ? {} : { volumeClaimTemplates: claims }),
    },
    status: { replicas: 0, availableReplicas: 0, ...status, ...(conditions.length === 0 ? {} : { conditions }) },
  };
}

function defaultClaim(claim: Fields): Fields {
  return {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    ...claim,
    metadata: claim['metadata'] ?? {},
    spec: { volumeMode: 'Filesystem', resources: {}, ...fieldsOf(claim['spec']) },
    status: { phase: 'Pending', ...fieldsOf(claim['status']) },
  };
}
