import { always, omitempty, pointer, quiet, type Struct, struct } from './schema.ts';

// k8s.io/apimachinery/pkg/apis/meta/v1/types.go

const OWNER_REFERENCE: Struct = struct(
  'v1.OwnerReference',
  always('apiVersion', 'string'),
  always('kind', 'string'),
  always('name', 'string'),
  always('uid', 'string', { named: 'types.UID' }),
  pointer('controller', 'bool'),
  pointer('blockOwnerDeletion', 'bool'),
);

export const OBJECT_META: Struct = struct(
  'v1.ObjectMeta',
  omitempty('name', 'string'),
  omitempty('generateName', 'string'),
  omitempty('namespace', 'string'),
  omitempty('selfLink', 'string'),
  omitempty('uid', 'string', { named: 'types.UID' }),
  omitempty('resourceVersion', 'string'),
  omitempty('generation', 'int64'),
  // Encoded by hand: null or absent depends on the version.
  omitempty('creationTimestamp', 'time'),
  pointer('deletionTimestamp', 'time'),
  pointer('deletionGracePeriodSeconds', 'int64'),
  omitempty('labels', 'texts'),
  omitempty('annotations', 'texts'),
  omitempty('ownerReferences', { list: OWNER_REFERENCE }),
  omitempty('finalizers', 'strings'),
  omitempty('managedFields', 'raw'),
);

const SELECTOR_REQUIREMENT: Struct = struct(
  'v1.LabelSelectorRequirement',
  always('key', 'string'),
  always('operator', 'string', { named: 'v1.LabelSelectorOperator' }),
  omitempty('values', 'strings'),
);

export const LABEL_SELECTOR: Struct = struct(
  'v1.LabelSelector',
  omitempty('matchLabels', 'texts'),
  omitempty('matchExpressions', { list: SELECTOR_REQUIREMENT }),
);

/** CrossVersionObjectReference of any autoscaling version. */
export const objectReference = (version: string): Struct =>
  struct(
    `${version}.CrossVersionObjectReference`,
    always('kind', 'string'),
    always('name', 'string'),
    omitempty('apiVersion', 'string'),
  );

/** HorizontalPodAutoscalerCondition of any autoscaling version. */
export const condition = (version: string): Struct =>
  struct(
    `${version}.HorizontalPodAutoscalerCondition`,
    always('type', 'string', { named: `${version}.HorizontalPodAutoscalerConditionType` }),
    always('status', 'string', { named: 'v1.ConditionStatus' }),
    always('lastTransitionTime', 'time'),
    omitempty('reason', 'string'),
    omitempty('message', 'string'),
    ...(version === 'v2' || version === 'v1'
      ? [pointer('observedGeneration', 'int64', { quirk: 'conditionObservedGeneration' })]
      : []),
  );

/** The object around spec and status. */
export const hpaObject = (version: string, spec: Struct, status: Struct): Struct =>
  struct(
    `${version}.HorizontalPodAutoscaler`,
    omitempty('kind', 'string'),
    omitempty('apiVersion', 'string'),
    quiet('metadata', OBJECT_META),
    always('spec', spec),
    always('status', status),
  );
