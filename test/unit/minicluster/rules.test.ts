import { describe, expect, test } from 'vitest';
import { notCovered, type PolicyRule, ruleAllows, ruleText } from '../../../src/minicluster/auth/rules.ts';

const rule = (part: Partial<PolicyRule>): PolicyRule => ({
  verbs: ['get'],
  apiGroups: [],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
  ...part,
});
const request = (resource: string, more: object = {}) =>
  ({ kind: 'resource', verb: 'get', group: 'apps', version: 'v1', resource, ...more }) as const;

describe('a rule of RBAC', () => {
  const deployments = rule({ apiGroups: ['apps'], resources: ['deployments'] });

  test('holds for its resource, not for subresources, other groups or verbs', () => {
    expect(ruleAllows(deployments, request('deployments'))).toBe(true);
    expect(ruleAllows(deployments, request('deployments', { subresource: 'scale' }))).toBe(false);
    expect(ruleAllows(deployments, { ...request('deployments'), group: '' })).toBe(false);
    expect(ruleAllows(deployments, { ...request('deployments'), verb: 'list' })).toBe(false);
  });

  test('with names holds for these only, and so for no list', () => {
    const named = rule({ apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] });
    expect(ruleAllows(named, request('deployments', { name: 'web' }))).toBe(true);
    expect(ruleAllows(named, request('deployments', { name: 'db' }))).toBe(false);
    expect(ruleAllows(named, request('deployments'))).toBe(false);
  });

  test('may name a subresource of all resources', () => {
    const scales = rule({ apiGroups: ['*'], resources: ['*/scale'] });
    expect(ruleAllows(scales, request('deployments', { subresource: 'scale' }))).toBe(true);
    expect(ruleAllows(scales, request('deployments'))).toBe(false);
  });

  test('of paths ends with a star or is exact', () => {
    const paths = rule({ nonResourceURLs: ['/healthz', '/api/*'] });
    const asks = (path: string) => ruleAllows(paths, { kind: 'path', verb: 'get', path });
    expect([asks('/healthz'), asks('/healthz/x'), asks('/api/v1'), asks('/api')]).toEqual([true, false, true, false]);
  });
});

describe('what somebody would grant beyond their own rights', () => {
  const own = [rule({ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] })];

  test('is nothing for what they have, also in parts', () => {
    expect(notCovered(own, [rule({ apiGroups: [''], resources: ['pods'], resourceNames: ['a'] })])).toEqual([]);
    expect(notCovered([rule({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })], own)).toEqual([]);
  });

  test('is the whole rule when any of it is missing', () => {
    const wanted = rule({ verbs: ['get', 'delete'], apiGroups: [''], resources: ['pods'] });
    expect(notCovered(own, [wanted])).toEqual([wanted]);
    expect(ruleText(wanted)).toBe('{APIGroups:[""], Resources:["pods"], Verbs:["get" "delete"]}');
  });
});
