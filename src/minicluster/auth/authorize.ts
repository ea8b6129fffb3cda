import type { RequestAttributes, UserInfo } from '../../kube/aggregated-auth/types.ts';
import { ApiFailure } from '../api/failure.ts';

export interface Verdict {
  readonly allowed: boolean;
  /** Why, as reviews tell it. */
  readonly reason: string;
}

export interface Authorizer {
  authorize(user: UserInfo, attributes: RequestAttributes): Verdict;
}

/** The 403 of a request that is not granted (handlers/responsewriters/errors.go Forbidden). */
export function deny(user: UserInfo, attributes: RequestAttributes, reason: string): ApiFailure {
  const suffix = reason === '' ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(user.name)} cannot`;
  if (attributes.kind === 'path') {
    const message = `forbidden: ${who} ${attributes.verb} path ${JSON.stringify(attributes.path)}${suffix}`;
    return new ApiFailure(403, 'Forbidden', message, {});
  }
  const { verb, group, namespace, resource, subresource, name } = attributes;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const what = `${who} ${verb} resource ${JSON.stringify(whole)} in API group ${JSON.stringify(group)} ${where}${suffix}`;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const named = name === undefined ? '' : ` ${JSON.stringify(name)}`;
  const details = { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
  return new ApiFailure(403, 'Forbidden', `${qualified}${named} is forbidden: ${what}`, details);
}
