import type { FailureStatus, RequestAttributes, UserInfo } from './aggregated-auth/types.ts';
import { goQuote } from './go-quote.ts';

interface FailureOptions {
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A Failure as k8s.io/apimachinery pkg/api/errors makes it; `code` is the HTTP status. */
export function failure(code: number, message: string, options: FailureOptions = {}): FailureStatus {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(options.details === undefined ? {} : { details: options.details }),
    code,
  };
}

/** 401 as upstream's authentication filter answers (pkg/endpoints/filters/authentication.go Unauthorized). */
export const UNAUTHORIZED: FailureStatus = failure(401, 'Unauthorized', { reason: 'Unauthorized' });

export function unavailable(message: string): FailureStatus {
  return failure(503, message, { reason: 'ServiceUnavailable' });
}

export function internalError(message: string): FailureStatus {
  return failure(500, `Internal error occurred: ${message}`, {
    reason: 'InternalError',
    details: { causes: [{ message }] },
  });
}

/** 403 with the very text of upstream (pkg/endpoints/handlers/responsewriters/errors.go ForbiddenStatusError). */
export function forbidden(user: UserInfo, attributes: RequestAttributes, reason: string): FailureStatus {
  const text = `${escapeHtml(cannot(user, attributes))}${reason === '' ? '' : `: ${reason}`}`;
  if (attributes.kind === 'path') return failure(403, `forbidden: ${text}`, { reason: 'Forbidden', details: {} });
  const { group, resource, name } = attributes;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const subject = name === undefined ? qualified : `${qualified} ${goQuote(name)}`;
  return failure(403, `${subject} is forbidden: ${text}`, {
    reason: 'Forbidden',
    details: { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
  });
}

function cannot(user: UserInfo, attributes: RequestAttributes): string {
  const who = `User ${goQuote(user.name)} cannot ${attributes.verb}`;
  if (attributes.kind === 'path') return `${who} path ${goQuote(attributes.path)}`;
  const { group, namespace, resource, subresource } = attributes;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`;
  return `${who} resource ${goQuote(what)} in API group ${goQuote(group)} ${where}`;
}

/** Upstream avoids answers that look like HTML. */
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
