import { z } from 'zod';
import type { KubeObject } from '../../contracts/kube-client.ts';
import type { RequestAttributes } from '../../kube/aggregated-auth/types.ts';

const Texts = z.array(z.string()).readonly().default([]);
const PolicyRule = z.object({
  verbs: Texts,
  apiGroups: Texts,
  resources: Texts,
  resourceNames: Texts,
  nonResourceURLs: Texts,
});

/** rbac/v1 PolicyRule; absent lists are empty. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export function rulesOf(role: KubeObject): readonly PolicyRule[] {
  return z.array(PolicyRule).parse(role['rules'] ?? []);
}

/** plugin/pkg/auth/authorizer/rbac RuleAllows. */
export function ruleAllows(rule: PolicyRule, attributes: RequestAttributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (attributes.kind === 'path') {
    return rule.nonResourceURLs.some((url) =>
      url.endsWith('*') ? attributes.path.startsWith(url.slice(0, -1)) : url === attributes.path,
    );
  }
  const { group, resource, subresource, name } = attributes;
  if (!has(rule.apiGroups, group)) return false;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  const wild = subresource === undefined ? undefined : `*/${subresource}`;
  if (!rule.resources.some((each) => each === '*' || each === whole || each === wild)) return false;
  return rule.resourceNames.length === 0 || rule.resourceNames.includes(name ?? '');
}

/** What of these rules nobody with `owned` has (component-helpers auth/rbac/validation Covers); compacted as upstream prints it. */
export function notCovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.filter((rule) => breakDown(rule).some((part) => !owned.some((own) => covers(own, part))));
}

/** One verb, group, resource and name each. */
function breakDown(rule: PolicyRule): readonly PolicyRule[] {
  const parts: PolicyRule[] = [];
  const empty = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  for (const verb of rule.verbs) {
    for (const group of rule.apiGroups) {
      for (const resource of rule.resources) {
        const part = { ...empty, verbs: [verb], apiGroups: [group], resources: [resource] };
        if (rule.resourceNames.length === 0) parts.push(part);
        for (const name of rule.resourceNames) parts.push({ ...part, resourceNames: [name] });
      }
    }
    for (const url of rule.nonResourceURLs) parts.push({ ...empty, verbs: [verb], nonResourceURLs: [url] });
  }
  return parts;
}

function covers(owner: PolicyRule, part: PolicyRule): boolean {
  const all = (own: readonly string[], asked: readonly string[]) => asked.every((each) => has(own, each));
  if (!all(owner.verbs, part.verbs)) return false;
  if (part.nonResourceURLs.length > 0) return part.nonResourceURLs.every((url) => urlCovered(owner, url));
  if (!all(owner.apiGroups, part.apiGroups)) return false;
  const resources = part.resources.every(
    (each) =>
      has(owner.resources, each) || (each.includes('/') && owner.resources.includes(`*/${each.split('/')[1] ?? ''}`)),
  );
  if (!resources) return false;
  if (owner.resourceNames.length === 0) return true;
  return part.resourceNames.length > 0 && part.resourceNames.every((name) => owner.resourceNames.includes(name));
}

function urlCovered({ nonResourceURLs }: PolicyRule, url: string): boolean {
  return nonResourceURLs.some((own) => own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1))));
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

/** CompactString: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}`. */
export function ruleText(rule: PolicyRule): string {
  const quoted = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
  const parts = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['ResourceNames', rule.resourceNames],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['Verbs', rule.verbs],
  ] as const;
  return `{${parts
    .filter(([, values]) => values.length > 0)
    .map(([label, values]) => `${label}:${quoted(values)}`)
    .join(', ')}}`;
}
