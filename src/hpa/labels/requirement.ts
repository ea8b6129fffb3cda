import { quote } from '../go-format.ts';
import type { Rules } from '../rules.ts';
import { labelKeyErrors, labelTexts, labelValueErrors } from './validation.ts';

export type Operator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

/** One condition on labels. Values in the order in which they were given. */
export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** All requirements must hold, sorted by key; null selects nothing. */
export type Selector = readonly Requirement[] | null;

export type Labels = Readonly<Record<string, string>>;

/** A result, or upstream's error text. */
export type Parsed<T> = { readonly ok: T } | { readonly error: string };

const INTEGER = /^[+-]?[0-9]+$/;

/** Go's strconv.ParseInt(text, 10, 64); null when it fails. */
function parseInteger(text: string): bigint | null {
  if (!INTEGER.test(text)) return null;
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value ? value : null;
}

/** A list of strings as a field error prints it: JSON, up to 1.33 the Go form. */
function listText(values: readonly string[] | null, goForm: boolean): string {
  if (!goForm) return values === null ? 'null' : JSON.stringify(values);
  return values === null ? '[]string(nil)' : `[]string{${values.map(quote).join(', ')}}`;
}

function valueCountError(operator: Operator, values: readonly string[]): string | null {
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length === 0 ? "for 'in', 'notin' operators, values set can't be empty" : null;
    case 'exists':
    case '!':
      return values.length === 0 ? null : 'values set must be empty for exists and does not exist';
    case 'gt':
    case 'lt':
      return values.length === 1 ? null : "for 'Gt', 'Lt' operators, exactly one value is required";
    default:
      return values.length === 1 ? null : 'exact-match compatibility requires one single value';
  }
}

/** All complaints as one text: one alone, several in brackets, equal ones once. apimachinery util/errors aggregate.Error. */
function aggregate(errors: readonly string[]): string {
  const unique = [...new Set(errors)];
  return unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`;
}

/**
 * A checked requirement. Upstream: apimachinery labels/selector.go NewRequirement.
 *
 * @param values null for Go's nil list, which an error prints differently from an empty one
 */
export function newRequirement(
  key: string,
  operator: Operator,
  values: readonly string[] | null,
  rules: Rules,
): Parsed<Requirement> {
  const texts = labelTexts(rules.labelKeyTexts);
  const errors: string[] = [];
  const list = values ?? [];
  const keyErrors = labelKeyErrors(key, texts);
  if (keyErrors.length > 0) errors.push(`key: Invalid value: ${quote(key)}: ${keyErrors.join('; ')}`);
  const countError = valueCountError(operator, list);
  if (countError !== null) {
    errors.push(`values: Invalid value: ${listText(values, rules.quantityErrorsAsGoStruct)}: ${countError}`);
  }
  if (operator === 'gt' || operator === 'lt') {
    for (const [i, value] of list.entries()) {
      if (parseInteger(value) !== null) continue;
      errors.push(
        `values[${i}]: Invalid value: ${quote(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    }
  }
  for (const [i, value] of list.entries()) {
    const valueErrors = labelValueErrors(value, texts);
    if (valueErrors.length > 0) {
      errors.push(`values[${i}][${key}]: Invalid value: ${quote(value)}: ${valueErrors.join('; ')}`);
    }
  }
  return errors.length > 0 ? { error: aggregate(errors) } : { ok: { key, operator, values: list } };
}

function comparesTo(requirement: Requirement, label: string): boolean {
  const left = parseInteger(label);
  const right = parseInteger(requirement.values[0] ?? '');
  if (left === null || right === null) return false;
  return requirement.operator === 'gt' ? left > right : left < right;
}

/** Upstream: labels/selector.go Requirement.Matches. */
function requirementMatches(requirement: Requirement, labels: Labels): boolean {
  const label = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'in':
    case '=':
    case '==':
      return label !== undefined && requirement.values.includes(label);
    case 'notin':
    case '!=':
      return label === undefined || !requirement.values.includes(label);
    case 'exists':
      return label !== undefined;
    case '!':
      return label === undefined;
    default:
      return label !== undefined && comparesTo(requirement, label);
  }
}

/** Whether labels fulfil a selector. Upstream: labels/selector.go internalSelector.Matches. */
export function selectorMatches(selector: Selector, labels: Labels): boolean {
  return selector?.every((requirement) => requirementMatches(requirement, labels)) ?? false;
}

function byteOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Requirements as a selector: sorted by key. */
export function selectorOf(requirements: readonly Requirement[]): Selector {
  return requirements.toSorted((a, b) => byteOrder(a.key, b.key));
}

const SIGNS: Readonly<Partial<Record<Operator, string>>> = { '=': '=', '==': '==', '!=': '!=', gt: '>', lt: '<' };

/** Upstream: labels/selector.go Requirement.String. */
function requirementText({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key;
  if (operator === '!') return `!${key}`;
  const list = values.toSorted(byteOrder).join(',');
  const sign = SIGNS[operator];
  return sign === undefined ? `${key} ${operator} (${list})` : `${key}${sign}${list}`;
}

/** The selector as it is sent to a metrics API ("a=b,env in (x,y),!z"). Upstream: internalSelector.String. */
export function selectorText(selector: Selector): string {
  return selector === null ? '' : selector.map(requirementText).join(',');
}
