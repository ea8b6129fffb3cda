import type { RequestAttributes, UserInfo } from '../../kube/aggregated-auth/types.ts';
import { type ApiFailure, internal } from '../api/failure.ts';
import type { Exchange } from '../server/exchange.ts';
import { type Authorizer, deny } from './authorize.ts';

const EXTRA = 'impersonate-extra-';

/**
 * The user whom the headers `Impersonate-*` ask to be, if the asking user may (endpoints/filters/impersonation); otherwise the
 * user itself. Raises ApiFailure 403, 500.
 */
export function impersonated(exchange: Exchange, authorizer: Authorizer, info: RequestAttributes): UserInfo {
  const { user } = exchange;
  const name = exchange.header('impersonate-user');
  const groups = listOf(exchange.headers['impersonate-group']);
  const uid = exchange.header('impersonate-uid');
  const extra = extraOf(exchange);
  const asked = groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0;
  if (name === undefined) {
    if (!asked) return user;
    throw internal(`requested [{UID  ${uid ?? ''}}] without impersonating a user`);
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const wanted = [
    account === null ? target('', 'users', name) : target('', 'serviceaccounts', account[2] ?? '', account[1]),
    ...groups.map((group) => target('', 'groups', group)),
    ...(uid === undefined ? [] : [target('authentication.k8s.io', 'uids', uid)]),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => target('authentication.k8s.io', 'userextras', value, undefined, key)),
    ),
  ];
  if (!wanted.every((each) => authorizer.authorize(user, each).allowed)) throw refused(user, info);
  const own = account === null ? [] : ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`];
  const all = [...new Set([...(groups.length > 0 ? groups : own), ...defaultGroup(name, groups)])];
  return { name, groups: all, extra, ...(uid === undefined ? {} : { uid }) };
}

function defaultGroup(name: string, groups: readonly string[]): readonly string[] {
  if (name === 'system:anonymous') return groups.includes('system:unauthenticated') ? [] : ['system:unauthenticated'];
  return groups.includes('system:unauthenticated') ? [] : ['system:authenticated'];
}

/** From 1.36 on the refusal names the constrained verb that was tried last (KEP-5284). */
function refused(user: UserInfo, info: RequestAttributes): ApiFailure {
  const verb = `impersonate-on:user-info:${info.verb}`;
  return deny(user, { ...info, verb }, '');
}

function target(
  group: string,
  resource: string,
  name: string,
  namespace?: string,
  subresource?: string,
): RequestAttributes {
  return {
    kind: 'resource',
    verb: 'impersonate',
    group,
    version: 'v1',
    resource,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function listOf(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : value.split(', ')).filter((each) => each !== '');
}

function extraOf(exchange: Exchange): Readonly<Record<string, readonly string[]>> {
  const entries = Object.entries(exchange.headers).filter(([name]) => name.startsWith(EXTRA));
  return Object.fromEntries(
    entries.map(([name, value]) => [decodeURIComponent(name.slice(EXTRA.length)), listOf(value)]),
  );
}
