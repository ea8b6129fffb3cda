import { list, struct, type StructType, text } from '../schema/type.ts';
import { labelSelector } from './meta.ts';

/** rbac/v1 PolicyRule. */
export const policyRule: StructType = struct('v1.PolicyRule', {
  verbs: list(text),
  apiGroups: list(text),
  resources: list(text),
  resourceNames: list(text),
  nonResourceURLs: list(text),
});
export const aggregationRule: StructType = struct('v1.AggregationRule', { clusterRoleSelectors: list(labelSelector) });
export const subject: StructType = struct(
  'v1.Subject',
  { kind: text, apiGroup: text, name: text, namespace: text },
  true,
);
export const roleRef: StructType = struct('v1.RoleRef', { apiGroup: text, kind: text, name: text }, true);
