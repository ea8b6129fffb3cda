import type { FailureStatus } from '../../kube/aggregated-auth/types.ts';
import { failure } from '../../kube/failure.ts';

/** What goes back to a client. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain; charset=utf-8';

export function jsonAnswer(document: unknown, status = 200): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify(document) };
}

export function textAnswer(text: string, status = 200): Answer {
  return { status, type: TEXT_TYPE, body: text };
}

export function failureAnswer(status: FailureStatus): Answer {
  return jsonAnswer(status, status.code);
}

/** Upstream's answer of a path that no route has (apimachinery NewGenericServerResponse). */
export const NOT_FOUND: Answer = failureAnswer(
  failure(404, 'the server could not find the requested resource', { reason: 'NotFound', details: {} }),
);
export const METHOD_NOT_ALLOWED: Answer = failureAnswer(
  failure(405, 'the server does not allow this method on the requested resource', {
    reason: 'MethodNotAllowed',
    details: {},
  }),
);

export function badRequest(message: string): Answer {
  return failureAnswer(failure(400, message, { reason: 'BadRequest' }));
}

export function notAcceptable(types: readonly string[]): Answer {
  const message = `only the following media types are accepted: ${types.join(', ')}`;
  return failureAnswer(failure(406, message, { reason: 'NotAcceptable' }));
}
