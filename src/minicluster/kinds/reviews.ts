import { bool, int64, list, map, struct, type StructType, text } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import type { Kind } from './kind.ts';

const AUTHORIZATION = 'authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';

const requirement = (go: string) => struct(go, { key: text, operator: text, values: list(text) });
const resourceAttributes = struct('v1.ResourceAttributes', {
  namespace: text,
  verb: text,
  group: text,
  version: text,
  resource: text,
  subresource: text,
  name: text,
  fieldSelector: struct('v1.FieldSelectorAttributes', {
    rawSelector: text,
    requirements: list(requirement('v1.FieldSelectorRequirement')),
  }),
  labelSelector: struct('v1.LabelSelectorAttributes', {
    rawSelector: text,
    requirements: list(requirement('v1.LabelSelectorRequirement')),
  }),
});
const attributes = {
  resourceAttributes,
  nonResourceAttributes: struct('v1.NonResourceAttributes', { path: text, verb: text }),
};
const accessStatus = struct('v1.SubjectAccessReviewStatus', {
  allowed: bool,
  denied: bool,
  reason: text,
  evaluationError: text,
});
const accessSpec = struct('v1.SubjectAccessReviewSpec', {
  ...attributes,
  user: text,
  groups: list(text),
  extra: map(list(text)),
  uid: text,
});
const userInfo = struct('v1.UserInfo', { username: text, uid: text, groups: list(text), extra: map(list(text)) });

/** A resource that is only asked: nothing is stored, the answer is the object with its status. */
function question(group: string, kind: string, type: StructType, namespaced = false): Kind {
  const plural = `${kind.toLowerCase()}s`;
  const singular = kind.toLowerCase();
  return { group, kind, plural, singular, namespaced, verbs: ['create'], versions: [{ version: 'v1', type }] };
}

const access = (kind: string) => object(`v1.${kind}`, { spec: accessSpec, status: accessStatus });

export const REVIEWS: readonly Kind[] = [
  question(AUTHORIZATION, 'SubjectAccessReview', access('SubjectAccessReview')),
  question(AUTHORIZATION, 'LocalSubjectAccessReview', access('LocalSubjectAccessReview'), true),
  question(
    AUTHORIZATION,
    'SelfSubjectAccessReview',
    object('v1.SelfSubjectAccessReview', {
      spec: struct('v1.SelfSubjectAccessReviewSpec', attributes),
      status: accessStatus,
    }),
  ),
  question(
    AUTHORIZATION,
    'SelfSubjectRulesReview',
    object('v1.SelfSubjectRulesReview', {
      spec: struct('v1.SelfSubjectRulesReviewSpec', { namespace: text }),
      status: struct('v1.SubjectRulesReviewStatus', {
        resourceRules: list(
          struct('v1.ResourceRule', {
            verbs: list(text),
            apiGroups: list(text),
            resources: list(text),
            resourceNames: list(text),
          }),
        ),
        nonResourceRules: list(struct('v1.NonResourceRule', { verbs: list(text), nonResourceURLs: list(text) })),
        incomplete: bool,
        evaluationError: text,
      }),
    }),
  ),
  question(
    AUTHENTICATION,
    'TokenReview',
    object('v1.TokenReview', {
      spec: struct('v1.TokenReviewSpec', { token: text, audiences: list(text) }),
      status: struct('v1.TokenReviewStatus', {
        authenticated: bool,
        user: userInfo,
        audiences: list(text),
        error: text,
      }),
    }),
  ),
  question(
    AUTHENTICATION,
    'SelfSubjectReview',
    object('v1.SelfSubjectReview', { status: struct('v1.SelfSubjectReviewStatus', { userInfo }) }),
  ),
];

/** authentication/v1 TokenRequest, of the subresource `serviceaccounts/token`. */
export const tokenRequest: StructType = object('v1.TokenRequest', {
  spec: struct('v1.TokenRequestSpec', {
    audiences: list(text),
    expirationSeconds: int64,
    boundObjectRef: struct('v1.BoundObjectReference', { kind: text, apiVersion: text, name: text, uid: text }),
  }),
  status: struct('v1.TokenRequestStatus', { token: text, expirationTimestamp: text }),
});
