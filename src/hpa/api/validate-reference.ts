import { type FieldError, invalid, plain, required } from './field-error.ts';
import type { FieldPath } from './field-path.ts';
import { pathSegmentFaults } from './names.ts';
import type { CrossVersionObjectReference } from './types.ts';

/** How much of a reference's apiVersion is looked at. */
export type ApiVersionRule = 'ignored' | 'parses' | 'has a group';

/** validation.go:ValidateCrossVersionObjectReference. */
export function validateReference(
  reference: CrossVersionObjectReference,
  path: FieldPath,
  rule: ApiVersionRule,
): readonly FieldError[] {
  const apiVersion = reference.apiVersion ?? '';
  const fault = apiVersionFault(apiVersion, rule);
  return [
    ...nameErrors(reference.kind, [...path, 'kind']),
    ...nameErrors(reference.name, [...path, 'name']),
    ...(fault === undefined ? [] : [invalid([...path, 'apiVersion'], plain(apiVersion), fault)]),
  ];
}

function nameErrors(name: string, path: FieldPath): readonly FieldError[] {
  if (name === '') return [required(path, '')];
  return pathSegmentFaults(name).map((fault) => invalid(path, plain(name), fault));
}

/** validation.go:ValidateAPIVersion with schema.ParseGroupVersion. */
export function apiVersionFault(apiVersion: string, rule: ApiVersionRule): string | undefined {
  if (rule === 'ignored') return undefined;
  const parts = apiVersion === '/' ? [] : apiVersion.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  const grouped = parts.length === 2 && parts[0] !== '';
  return rule === 'parses' || grouped ? undefined : 'apiVersion must specify API group';
}
