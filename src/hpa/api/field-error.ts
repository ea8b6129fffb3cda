import { quote } from '../go-format.ts';
import { canonicalQuantity } from '../quantity/milli.ts';
import { parseQuantity } from '../quantity/parse.ts';
import type { Quirks } from '../quirks.ts';
import { type FieldPath, pathText } from './field-path.ts';
import { goJson } from './go-json.ts';

// k8s.io/apimachinery/pkg/util/validation/field/errors.go

/** Upstream's ErrorType, which is also `reason` of a cause in a 422 Status. */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

/**
 * The rejected value; how it prints depends on its Go type: a plain string, a type made of string (`named`), a number, or a
 * Quantity given by its text ('' = Go's zero quantity).
 */
export type BadValue =
  | { readonly kind: 'string' | 'named' | 'quantity'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  /** Anything else; upstream prints it as JSON (from 1.34 on). */
  | { readonly kind: 'json'; readonly value: unknown };

export interface FieldError {
  readonly path: FieldPath;
  readonly type: FieldErrorType;
  readonly badValue?: BadValue;
  readonly detail: string;
}

export const plain = (value: string): BadValue => ({ kind: 'string', value });
export const named = (value: string): BadValue => ({ kind: 'named', value });
export const numeric = (value: number): BadValue => ({ kind: 'number', value });
export const json = (value: unknown): BadValue => ({ kind: 'json', value });
export const quantity = (value: string): BadValue => ({ kind: 'quantity', value });

export const required = (path: FieldPath, detail: string): FieldError => ({ path, type: 'FieldValueRequired', detail });
export const forbidden = (path: FieldPath, detail: string): FieldError => ({
  path,
  type: 'FieldValueForbidden',
  detail,
});
export const invalid = (path: FieldPath, badValue: BadValue, detail: string): FieldError => ({
  path,
  type: 'FieldValueInvalid',
  badValue,
  detail,
});
export const notSupported = (path: FieldPath, value: string, valid: readonly string[]): FieldError => ({
  path,
  type: 'FieldValueNotSupported',
  badValue: named(value),
  detail: `supported values: ${valid.map(quote).join(', ')}`,
});

const TYPE_TEXTS: Readonly<Record<FieldErrorType, string>> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueNotFound: 'Not found',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

/** The error without its field (Error.ErrorBody): `message` of a cause in a 422 Status. */
export function errorBody(error: FieldError, quirks: Quirks): string {
  const value = error.badValue === undefined ? '' : `: ${valueText(error.badValue, quirks)}`;
  return `${TYPE_TEXTS[error.type]}${value}${error.detail === '' ? '' : `: ${error.detail}`}`;
}

/** The whole error: `spec.maxReplicas: Invalid value: 0: must be …`. */
export function errorText(error: FieldError, quirks: Quirks): string {
  return `${pathText(error.path)}: ${errorBody(error, quirks)}`;
}

function valueText(bad: BadValue, quirks: Quirks): string {
  if (bad.kind === 'number') return String(bad.value);
  if (bad.kind === 'json') return goJson(bad.value);
  if (bad.kind === 'string') return quote(bad.value);
  const old = quirks.quantityErrorsAsGoStruct;
  if (bad.kind === 'named') return old ? quote(bad.value) : goJson(bad.value);
  return old ? goStruct(bad.value) : `"${canonicalOrZero(bad.value)}"`;
}

function canonicalOrZero(text: string): string {
  return text === '' ? '0' : canonicalQuantity(text);
}

/** Go's %#v of a resource.Quantity. The address of a big decimal is Go's secret; it reads as 0x0 here. */
function goStruct(text: string): string {
  const parsed = text === '' ? undefined : parseQuantity(text);
  const known = typeof parsed === 'object' ? parsed : undefined;
  const small = known?.big === true ? undefined : known;
  const amount = `resource.int64Amount{value:${small?.unscaled ?? 0n}, scale:${small?.scale ?? 0}}`;
  const dec = known?.big === true ? '(*inf.Dec)(0x0)' : '(*inf.Dec)(nil)';
  const kept = quote(known?.text ?? '');
  return `resource.Quantity{i:${amount}, d:resource.infDecAmount{Dec:${dec}}, s:${kept}, Format:${quote(known?.format ?? '')}}`;
}

/** The errors whose texts differ, each where it stands first (field.ErrorList.ToAggregate). */
export function distinctErrors(errors: readonly FieldError[], quirks: Quirks): readonly FieldError[] {
  const seen = new Map<string, FieldError>();
  for (const error of errors) {
    const text = errorText(error, quirks);
    if (!seen.has(text)) seen.set(text, error);
  }
  return [...seen.values()];
}

/** `message` of the 422 Status: `HorizontalPodAutoscaler.autoscaling "web" is invalid: [a, b]` (errors.NewInvalid). */
export function invalidMessage(name: string, errors: readonly FieldError[], quirks: Quirks): string {
  const texts = distinctErrors(errors, quirks).map((error) => errorText(error, quirks));
  const list = texts.length === 1 ? texts.join() : `[${texts.join(', ')}]`;
  return `HorizontalPodAutoscaler.autoscaling ${quote(name)} is invalid: ${list}`;
}
