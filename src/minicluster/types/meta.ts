import {
  bool,
  count64,
  int64,
  keyed,
  list,
  raw,
  set,
  struct,
  type StructType,
  text,
  texts,
  time,
} from '../schema/type.ts';

const ownerReference: StructType = struct(
  'v1.OwnerReference',
  { apiVersion: text, kind: text, name: text, uid: text, controller: bool, blockOwnerDeletion: bool },
  true,
);

const managedFieldsEntry: StructType = struct('v1.ManagedFieldsEntry', {
  manager: text,
  operation: text,
  apiVersion: text,
  time,
  fieldsType: text,
  fieldsV1: raw,
  subresource: text,
});

/** meta/v1 types.go ObjectMeta. */
export const objectMeta: StructType = struct('v1.ObjectMeta', {
  name: text,
  generateName: text,
  namespace: text,
  selfLink: text,
  uid: text,
  resourceVersion: text,
  generation: count64,
  creationTimestamp: time,
  deletionTimestamp: time,
  deletionGracePeriodSeconds: int64,
  labels: texts,
  annotations: texts,
  ownerReferences: keyed(ownerReference, 'uid'),
  finalizers: set(text),
  managedFields: { is: 'list', of: managedFieldsEntry, keep: true },
});

export const labelSelector: StructType = struct(
  'v1.LabelSelector',
  {
    matchLabels: texts,
    matchExpressions: list(struct('v1.LabelSelectorRequirement', { key: text, operator: text, values: list(text) })),
  },
  true,
);

/** meta/v1 Condition, as newer kinds use it. */
export const condition: StructType = struct('v1.Condition', {
  type: text,
  status: text,
  observedGeneration: count64,
  lastTransitionTime: time,
  reason: text,
  message: text,
});

/** A kind's own struct: TypeMeta, metadata and what is its own. */
export function object(go: string, fields: Parameters<typeof struct>[1]): StructType {
  return struct(go, { apiVersion: text, kind: text, metadata: objectMeta, ...fields });
}
