import type { LabelSelector } from '../api/types.ts';
import { quote } from '../go-format.ts';
import type { Rules } from '../rules.ts';
import {
  newRequirement,
  type Operator,
  type Parsed,
  type Requirement,
  type Selector,
  selectorOf,
} from './requirement.ts';

const OPERATORS: Readonly<Record<string, Operator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

/**
 * A LabelSelector of the API as a selector: absent selects nothing, empty everything.
 * Upstream: apimachinery apis/meta/v1/helpers.go LabelSelectorAsSelector.
 */
export function labelSelectorAsSelector(selector: LabelSelector | undefined, rules: Rules): Parsed<Selector> {
  if (selector === undefined) return { ok: null };
  const requirements: Requirement[] = [];
  // Upstream takes the labels in random order, which only matters for which of several errors comes first.
  for (const [key, value] of Object.entries(selector.matchLabels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const requirement = newRequirement(key, '=', [value], rules);
    if ('error' in requirement) return requirement;
    requirements.push(requirement.ok);
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = OPERATORS[operator];
    if (known === undefined) return { error: `${quote(operator)} is not a valid label selector operator` };
    // Upstream appends to a nil list, so that an empty one is nil again.
    const list = values === undefined || values.length === 0 ? null : values;
    const requirement = newRequirement(key, known, list, rules);
    if ('error' in requirement) return requirement;
    requirements.push(requirement.ok);
  }
  return { ok: selectorOf(requirements) };
}

/** A LabelSelector pointer as Go's %+v prints it ("nil", "&LabelSelector{MatchLabels:map[string]string{a: b,},…}"). */
export function labelSelectorGoText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`)
    .join('');
  const expressions = (selector.matchExpressions ?? [])
    .map(
      ({ key, operator, values }) =>
        `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${(values ?? []).join(' ')}],},`,
    )
    .join('');
  return `&LabelSelector{MatchLabels:map[string]string{${labels}},MatchExpressions:[]LabelSelectorRequirement{${expressions}},}`;
}
