import { type FieldError, forbidden, invalid, notSupported, plain, required } from '../../hpa/api/field-error.ts';
import { badRequest, invalid as invalidObject } from './failure.ts';

// Query parameters as apimachinery's conversion of url.Values reads them.

/** Everything but "false" and "0" is true, also the empty text (runtime.Convert_Slice_string_To_bool). */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

/** strconv.ParseInt of a parameter. Raises ApiFailure 400. */
export function integerOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}

/** What a write may be told by its query. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string | undefined;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly force: boolean | undefined;
}

const MANAGER_LIMIT = 128;

/** Options of create, update and patch (apimachinery pkg/apis/meta/v1/validation). Raises ApiFailure 422. */
export function writeOptions(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  apply = false,
): WriteOptions {
  const validation = query.get('fieldValidation') ?? '';
  const fieldManager = query.get('fieldManager') ?? undefined;
  const errors: readonly FieldError[] = [
    ...(kind === 'PatchOptions' ? applyErrors(query, apply) : []),
    ...(fieldManager === undefined ? [] : managerErrors(fieldManager)),
    ...dryRunErrors(query.getAll('dryRun')),
    ...(['', 'Ignore', 'Strict', 'Warn'].includes(validation)
      ? []
      : [notSupported(['fieldValidation'], validation, ['', 'Ignore', 'Strict', 'Warn'])]),
  ];
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', errors);
  return {
    dryRun: query.getAll('dryRun').some((value) => value !== ''),
    fieldManager,
    fieldValidation: validation === 'Strict' || validation === 'Ignore' ? validation : 'Warn',
    force: query.has('force') ? isTrue(query.get('force')) : undefined,
  };
}

export function dryRunErrors(values: readonly string[]): readonly FieldError[] {
  const given = values.filter((value) => value !== '');
  return given.some((value) => value !== 'All')
    ? [{ ...notSupported(['dryRun'], '', ['All']), badValue: { kind: 'json', value: given } }]
    : [];
}

/** ValidatePatchOptions. */
function applyErrors(query: URLSearchParams, apply: boolean): readonly FieldError[] {
  if (!apply) return query.has('force') ? [forbidden(['force'], 'may not be specified for non-apply patch')] : [];
  return (query.get('fieldManager') ?? '') === '' ? [required(['fieldManager'], 'is required for apply patch')] : [];
}

function managerErrors(manager: string): readonly FieldError[] {
  const long = Buffer.byteLength(manager) > MANAGER_LIMIT;
  const odd = /[^\x20-\x7e\u00a0-\uffff]/.test(manager);
  return [
    ...(long
      ? [
          {
            path: ['fieldManager'],
            type: 'FieldValueTooLong' as const,
            detail: `may not be more than ${MANAGER_LIMIT} bytes`,
          },
        ]
      : []),
    ...(odd ? [invalid(['fieldManager'], plain(manager), 'should only contain printable characters')] : []),
  ];
}
