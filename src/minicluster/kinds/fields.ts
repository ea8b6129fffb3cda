import type { FieldError } from '../../hpa/api/field-error.ts';
import { dnsLabelFaults } from '../../hpa/api/names.ts';
import { invalid, numeric, plain } from '../../hpa/api/field-error.ts';
import type { FieldPath } from '../../hpa/api/field-path.ts';
import { QUIRKS } from '../kubernetes-version.ts';

/** A struct of a decoded object. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A list of structs; absent = empty. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** A struct with every field mapped for which there is a function, where it is present. */
export function mapped(value: Fields, change: Readonly<Record<string, (field: unknown) => unknown>>): Fields {
  const entries = Object.entries(value).map(([name, field]) => [name, change[name]?.(field) ?? field]);
  return Object.fromEntries(entries) as Fields;
}

/** A list with every member mapped; absent stays absent. */
export function mapList(value: unknown, change: (item: Fields) => Fields): readonly Fields[] | undefined {
  return Array.isArray(value) ? listOf(value).map(change) : undefined;
}

/** apimachinery validation ValidateNonnegativeField. */
export function nonNegative(path: FieldPath, value: unknown): readonly FieldError[] {
  return typeof value === 'number' && value < 0
    ? [invalid(path, numeric(value), 'must be greater than or equal to 0')]
    : [];
}

export function portErrors(path: FieldPath, port: unknown): readonly FieldError[] {
  const number = numberOf(port);
  return number >= 1 && number <= 65_535
    ? []
    : [invalid(path, numeric(number), 'must be between 1 and 65535, inclusive')];
}

export function labelErrors(path: FieldPath, name: string): readonly FieldError[] {
  return dnsLabelFaults(name, QUIRKS).map((fault) => invalid(path, plain(name), fault));
}

const PORT_NAME_RULES: readonly (readonly [(name: string) => boolean, string])[] = [
  [(name) => name.length <= 15, 'must be no more than 15 characters'],
  [(name) => /^[-a-z0-9]+$/.test(name), 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
  [(name) => /[a-z]/.test(name), 'must contain at least one letter (a-z)'],
  [(name) => !name.includes('--'), 'must not contain consecutive hyphens'],
  [(name) => !/^-|-$/.test(name), 'must not begin or end with a hyphen'],
];

/** IsValidPortName. */
export function portNameErrors(path: FieldPath, name: string): readonly FieldError[] {
  return PORT_NAME_RULES.filter(([holds]) => !holds(name)).map(([, text]) => invalid(path, plain(name), text));
}
