import { z } from 'zod';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, json, plain } from '../../hpa/api/field-error.ts';
import type { RequestAttributes, UserInfo } from '../../kube/aggregated-auth/types.ts';
import { badRequest, invalid as invalidObject } from '../api/failure.ts';
import { timeText } from '../api/objects.ts';
import { question } from '../api/question.ts';
import type { Call, SpecialResource } from '../api/resource.ts';
import { withAuthenticated } from './authenticate.ts';
import type { RbacAuthorizer } from './rbac.ts';
import { ISSUER, type ServiceAccountTokens } from './service-account-tokens.ts';

const Attributes = z.object({
  namespace: z.string().default(''),
  verb: z.string().default(''),
  group: z.string().default(''),
  version: z.string().default(''),
  resource: z.string().default(''),
  subresource: z.string().default(''),
  name: z.string().default(''),
});
const Spec = z.object({
  resourceAttributes: Attributes.optional(),
  nonResourceAttributes: z.object({ path: z.string().default(''), verb: z.string().default('') }).optional(),
  user: z.string().default(''),
  uid: z.string().optional(),
  groups: z.array(z.string()).default([]),
  extra: z.record(z.string(), z.array(z.string())).default({}),
});
type Spec = z.infer<typeof Spec>;
const TokenSpec = z.object({ token: z.string().default(''), audiences: z.array(z.string()).default([]) });
const GROUP = 'authorization.k8s.io';

export interface ReviewPorts {
  readonly rbac: RbacAuthorizer;
  readonly tokens: ServiceAccountTokens;
  readonly now: () => number;
}

/** Handlers of the resources that only answer, by `<group>/<plural>`. */
export function reviews({ rbac, tokens, now }: ReviewPorts): Readonly<Record<string, SpecialResource>> {
  const verdict = (user: UserInfo, spec: Spec) => {
    const { allowed, reason } = rbac.authorize(user, attributesOf(spec));
    return { status: { allowed, ...(reason === '' ? {} : { reason }) } };
  };
  const ofSubject = (object: KubeObject, { route }: Call) => {
    const spec = specOf(object, subjectErrors, route.namespace);
    const { user: name, uid, groups, extra } = spec;
    return verdict({ name, groups, extra, ...(uid === undefined ? {} : { uid }) }, spec);
  };
  return {
    'authorization.k8s.io/subjectaccessreviews': question(ofSubject),
    'authorization.k8s.io/localsubjectaccessreviews': question(ofSubject),
    'authorization.k8s.io/selfsubjectaccessreviews': question((object, { exchange }) =>
      verdict(
        exchange.user,
        specOf(object, () => [], undefined),
      ),
    ),
    'authorization.k8s.io/selfsubjectrulesreviews': question((object, { exchange }) => {
      const { namespace = '' } = z.object({ namespace: z.string().optional() }).parse(object['spec'] ?? {});
      if (namespace === '') throw badRequest('no namespace on request');
      return { status: rulesStatus(rbac, exchange.user, namespace) };
    }),
    'authentication.k8s.io/tokenreviews': question((object) => ({ status: tokenStatus(object, tokens) })),
    'authentication.k8s.io/selfsubjectreviews': question((_object, { exchange }) => ({
      metadata: { creationTimestamp: timeText(now()) },
      status: { userInfo: shownUser(exchange.user) },
    })),
  };
}

/** authorization/validation. Raises ApiFailure 422. */
function specOf(object: KubeObject, more: (spec: Spec) => readonly FieldError[], namespace: string | undefined): Spec {
  const spec = Spec.parse(object['spec'] ?? {});
  const { resourceAttributes, nonResourceAttributes } = spec;
  const errors: FieldError[] = [];
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    const value = { Path: nonResourceAttributes.path, Verb: nonResourceAttributes.verb };
    errors.push(invalid(['spec', 'nonResourceAttributes'], json(value), detail));
  }
  if (resourceAttributes === undefined && nonResourceAttributes === undefined) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalid(['spec', 'resourceAttributes'], json(null), detail));
  }
  errors.push(...more(spec));
  if (namespace !== undefined && resourceAttributes !== undefined && resourceAttributes.namespace !== namespace) {
    const path = ['spec', 'resourceAttributes', 'namespace'];
    errors.push(invalid(path, plain(resourceAttributes.namespace), 'must match metadata.namespace'));
  }
  if (errors.length > 0) throw invalidObject({ group: GROUP, kind: '' }, '', errors);
  return spec;
}

function subjectErrors({ user, groups }: Spec): readonly FieldError[] {
  if (user !== '' || groups.length > 0) return [];
  return [invalid(['spec', 'user'], plain(''), 'at least one of user or group must be specified')];
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: Spec): RequestAttributes {
  if (resourceAttributes === undefined) {
    return { kind: 'path', verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' };
  }
  const { namespace, subresource, name, verb, group, version, resource } = resourceAttributes;
  return {
    kind: 'resource',
    verb,
    group,
    version,
    resource,
    ...(namespace === '' ? {} : { namespace }),
    ...(subresource === '' ? {} : { subresource }),
    ...(name === '' ? {} : { name }),
  };
}

function rulesStatus(rbac: RbacAuthorizer, user: UserInfo, namespace: string): Readonly<Record<string, unknown>> {
  const rules = rbac.rulesFor(user, namespace);
  const resourceRules = rules
    .filter(({ resources }) => resources.length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames.length === 0 ? {} : { resourceNames }),
    }));
  const nonResourceRules = rules
    .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  return { resourceRules, nonResourceRules, incomplete: false };
}

function tokenStatus(object: KubeObject, tokens: ServiceAccountTokens): Readonly<Record<string, unknown>> {
  const { token, audiences } = TokenSpec.parse(object['spec'] ?? {});
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const verdict = tokens.review(token, audiences.length === 0 ? [ISSUER] : audiences);
  if (!verdict.ok) return { user: {}, error: verdict.error };
  return { authenticated: true, user: shownUser(withAuthenticated(verdict.user)), audiences: verdict.audiences };
}

function shownUser({ name, uid, groups, extra }: UserInfo): Readonly<Record<string, unknown>> {
  return {
    username: name,
    ...(uid === undefined || uid === '' ? {} : { uid }),
    groups,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}
