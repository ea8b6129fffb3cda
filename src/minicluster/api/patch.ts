import type { KubeObject } from '../../contracts/kube-client.ts';
import { type BadValue, invalid, plain } from '../../hpa/api/field-error.ts';
import type { WriteOptions } from './query.ts';
import { applyJsonPatch, JsonPatchError, MAX_OPERATIONS } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMerge, goMap, StrategicMergeError } from '../patch/strategic-merge.ts';
import { JsonSyntaxError, parseJson } from '../schema/json.ts';
import { decodeLoosely, unknownFormat, type Wanted } from './body.ts';
import { ApiFailure, badRequest, internal, invalid as invalidObject, unsupportedPatchType } from './failure.ts';

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply';

const TYPES: Readonly<Record<string, PatchKind>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** Which patch a content type announces; custom resources have no strategic merge. Raises ApiFailure 415. */
export function patchKindOf(mediaType: string | undefined, custom: boolean): PatchKind {
  const kind = TYPES[(mediaType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''];
  if (kind === undefined) throw unsupportedPatchType();
  if (custom && kind === 'strategic') {
    throw unknownFormat(
      Object.keys(TYPES)
        .filter((type) => TYPES[type] !== 'strategic')
        .join(', '),
    );
  }
  return kind;
}

/** A patch that was read, to be applied to whatever the object is by then. */
export interface Patch {
  readonly kind: Exclude<PatchKind, 'apply'>;
  readonly value: unknown;
  readonly duplicates: readonly string[];
}

/** Raises ApiFailure 400. */
export function readPatch(bytes: Buffer, kind: Patch['kind']): Patch {
  const { value, duplicates } = parsed(bytes, kind);
  if (kind !== 'json') {
    if (value !== null && !isFields(value)) throw badRequest(wrongPatch(value, 'map[string]interface {}'));
    return { kind, value: value ?? {}, duplicates };
  }
  if (value !== null && !Array.isArray(value)) {
    throw badRequest(`error decoding patch: ${wrongPatch(value, '[]handlers.jsonPatchOp')}`);
  }
  const operations = (value ?? []) as readonly unknown[];
  if (operations.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`;
    throw new ApiFailure(413, 'RequestEntityTooLarge', message);
  }
  return { kind, value: operations, duplicates };
}

function parsed(
  bytes: Buffer,
  kind: Patch['kind'],
): { readonly value: unknown; readonly duplicates: readonly string[] } {
  try {
    return parseJson(bytes.toString('utf8'));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badRequest(kind === 'strategic' ? error.message : `error decoding patch: ${error.message}`);
  }
}

function wrongPatch(value: unknown, type: string): string {
  const what = Array.isArray(value)
    ? 'array'
    : isFields(value)
      ? 'object'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;
  return `json: cannot unmarshal ${what} into Go value of type ${type}`;
}

/**
 * The patched object in the version of the request. `present` must be in that version too. What strict decoding finds in the
 * result is refused or warned of (handlers/patch.go). Raises ApiFailure 400, 422, 500.
 */
export function applyPatch(
  patch: Patch,
  present: KubeObject,
  want: Wanted,
  { fieldValidation }: WriteOptions,
  warn: (text: string) => void,
): KubeObject {
  const result = patched(patch, present, want);
  const shown = bad(patch, result);
  const refused = (why: string) => invalidObject({ group: '', kind: '' }, '', [invalid(['patch'], shown, why)]);
  const { object, strict } = decodeLoosely(result, patch.duplicates, want, refused);
  if (strict.length > 0 && fieldValidation === 'Strict') throw refused(`strict decoding error: ${strict.join(', ')}`);
  if (fieldValidation === 'Warn') for (const text of strict) warn(text);
  return object;
}

function patched(patch: Patch, present: KubeObject, want: Wanted): unknown {
  try {
    switch (patch.kind) {
      case 'json':
        return applyJsonPatch(present, patch.value as readonly unknown[]);
      case 'merge':
        return applyMergePatch(present, patch.value);
      case 'strategic':
        return applyStrategicMerge(want.type, present, patch.value);
    }
  } catch (error) {
    if (error instanceof StrategicMergeError) throw internal(error.message);
    if (error instanceof JsonPatchError) {
      throw new ApiFailure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
    }
    throw error;
  }
}

function bad(patch: Patch, result: unknown): BadValue {
  return patch.kind === 'strategic' ? plain(goMap(patch.value)) : plain(JSON.stringify(result));
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
