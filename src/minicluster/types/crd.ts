import { bool, flag, int32, keyed, list, raw, struct, type StructType, text, time } from '../schema/type.ts';
import { object } from './meta.ts';

const names = struct('v1.CustomResourceDefinitionNames', {
  plural: text,
  singular: text,
  shortNames: list(text),
  kind: text,
  listKind: text,
  categories: list(text),
});
const column = struct('v1.CustomResourceColumnDefinition', {
  name: text,
  type: text,
  format: text,
  description: text,
  priority: int32,
  jsonPath: text,
});
const subresources = struct('v1.CustomResourceSubresources', {
  status: struct('v1.CustomResourceSubresourceStatus', {}),
  scale: struct('v1.CustomResourceSubresourceScale', {
    specReplicasPath: text,
    statusReplicasPath: text,
    labelSelectorPath: text,
  }),
});
const version = struct('v1.CustomResourceDefinitionVersion', {
  name: text,
  served: bool,
  storage: bool,
  deprecated: flag,
  deprecationWarning: { is: 'string', keep: true },
  schema: struct('v1.CustomResourceValidation', { openAPIV3Schema: raw }),
  subresources,
  additionalPrinterColumns: list(column),
  selectableFields: list(struct('v1.SelectableField', { jsonPath: text })),
});

/** apiextensions/v1 types.go. Schemas are read where they are used (crd/schema.ts). */
export const customResourceDefinition: StructType = object('v1.CustomResourceDefinition', {
  spec: struct('v1.CustomResourceDefinitionSpec', {
    group: text,
    names,
    scope: text,
    versions: list(version),
    conversion: struct('v1.CustomResourceConversion', { strategy: text, webhook: raw }),
    preserveUnknownFields: flag,
  }),
  status: struct('v1.CustomResourceDefinitionStatus', {
    conditions: keyed(
      struct('v1.CustomResourceDefinitionCondition', {
        type: text,
        status: text,
        lastTransitionTime: time,
        reason: text,
        message: text,
      }),
      'type',
    ),
    acceptedNames: names,
    storedVersions: list(text),
  }),
});
