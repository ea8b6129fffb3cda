import type { IncomingMessage } from 'node:http';
import type { MetricsServerReport } from '../../contracts/metrics-admin.ts';
import { failure } from '../../kube/failure.ts';
import { type Answer, badRequest, failureAnswer, jsonAnswer, METHOD_NOT_ALLOWED, NOT_FOUND } from '../api/answer.ts';
import type { Faults } from './faults.ts';
import type { QueryLog } from './query-log.ts';

export interface Admin {
  readonly faults: Faults;
  readonly queries: QueryLog;
  report(): MetricsServerReport;
}

const LONGEST_BODY = 4_096;

/**
 * The server's own API, authorised by the cluster as a path: `GET report`, `GET queries?after=N&metric=M`, `PUT` and `DELETE`
 * of `faults/<metric>`. `path`: what stands behind ADMIN_PATH.
 */
export async function answerAdmin(
  path: readonly string[],
  request: IncomingMessage,
  query: URLSearchParams,
  admin: Admin,
): Promise<Answer> {
  const [what = '', metric = ''] = path;
  const { method } = request;
  if (what === 'report' && path.length === 1) return method === 'GET' ? jsonAnswer(admin.report()) : METHOD_NOT_ALLOWED;
  if (what === 'queries' && path.length === 1) {
    if (method !== 'GET') return METHOD_NOT_ALLOWED;
    const after = Number(query.get('after') ?? 0);
    if (!Number.isSafeInteger(after) || after < 0) return badRequest('after must be a number');
    return jsonAnswer({ items: admin.queries.after(after, query.get('metric') ?? undefined) });
  }
  if (what !== 'faults' || path.length !== 2) return NOT_FOUND;
  if (method === 'DELETE') return jsonAnswer({ cleared: admin.faults.clear(metric) });
  return method === 'PUT' ? await setFault(metric, request, admin) : METHOD_NOT_ALLOWED;
}

async function setFault(metric: string, request: IncomingMessage, { faults }: Admin): Promise<Answer> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += chunk as string;
    if (text.length > LONGEST_BODY) return failureAnswer(failure(413, 'the body is too long'));
  }
  let fault: unknown;
  try {
    fault = JSON.parse(text);
  } catch (error) {
    return badRequest(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const refused = faults.set(metric, fault);
  return refused === undefined ? jsonAnswer({ metric, fault }) : badRequest(refused);
}
