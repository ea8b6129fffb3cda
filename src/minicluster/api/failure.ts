import type { FieldError } from '../../hpa/api/field-error.ts';
import { errorBody, errorText } from '../../hpa/api/field-error.ts';
import { pathText } from '../../hpa/api/field-path.ts';
import { QUIRKS } from '../kubernetes-version.ts';

/** A `Status` of kind Failure, as an exception: the answer of a request that cannot be served. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly code: number;
  readonly reason: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: number, reason: string | undefined, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The body of the answer. */
  get status(): Readonly<Record<string, unknown>> {
    const { code, reason, details, message } = this;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

/** Group and resource as messages name them: `deployments.apps`, `pods`. */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
}

// k8s.io/apimachinery/pkg/api/errors/errors.go

export function notFound(resource: ResourceName, name: string): ApiFailure {
  return new ApiFailure(404, 'NotFound', `${qualified(resource)} ${goQuote(name)} not found`, details(resource, name));
}

export function alreadyExists(resource: ResourceName, name: string): ApiFailure {
  const message = `${qualified(resource)} ${goQuote(name)} already exists`;
  return new ApiFailure(409, 'AlreadyExists', message, details(resource, name));
}

export function conflict(resource: ResourceName, name: string, why: string): ApiFailure {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} ${goQuote(name)}: ${why}`;
  return new ApiFailure(409, 'Conflict', message, details(resource, name));
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function badRequest(message: string): ApiFailure {
  return new ApiFailure(400, 'BadRequest', message);
}

/** A plain Go error that reached the handler: no reason. */
export function internal(message: string): ApiFailure {
  return new ApiFailure(500, undefined, message);
}

export function forbidden(resource: ResourceName, name: string, why: string): ApiFailure {
  const what =
    name === '' ? `${qualified(resource)} is forbidden` : `${qualified(resource)} ${goQuote(name)} is forbidden`;
  return new ApiFailure(403, 'Forbidden', `${what}: ${why}`, details(resource, name));
}

export function unauthorized(): ApiFailure {
  return new ApiFailure(401, 'Unauthorized', 'Unauthorized');
}

export function gone(message: string): ApiFailure {
  return new ApiFailure(410, 'Expired', message);
}

export function tooLarge(limit: number): ApiFailure {
  return new ApiFailure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
}

export function noResource(): ApiFailure {
  return new ApiFailure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): ApiFailure {
  const message = 'the server does not allow this method on the requested resource';
  return new ApiFailure(405, 'MethodNotAllowed', message, {});
}

export function unsupportedPatchType(): ApiFailure {
  return new ApiFailure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** 422 with one cause per field error. */
export function invalid(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiFailure {
  const quirks = QUIRKS;
  const causes = errors.map((error) => ({
    reason: error.type,
    message: errorBody(error, quirks),
    field: pathText(error.path),
  }));
  const texts = [...new Set(errors.map((error) => errorText(error, quirks)))];
  const all = texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`;
  const prefix = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const named = {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    ...(kind.kind === '' ? {} : { kind: kind.kind }),
  };
  return new ApiFailure(422, 'Invalid', `${prefix} ${goQuote(name)} is invalid: ${all}`, { ...named, causes });
}

export function qualified({ group, plural }: ResourceName): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function details({ group, plural }: ResourceName, name: string): Readonly<Record<string, unknown>> {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural };
}

/** strconv.Quote, as far as names need it. */
export function goQuote(text: string): string {
  return JSON.stringify(text).replaceAll('\\u00', '\\x').replaceAll('\uFFFD', '\\xff');
}
