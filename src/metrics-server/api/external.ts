import { failure } from '../../kube/failure.ts';
import type { ExternalMetricsProvider } from '../provider.ts';
import { negotiate } from './accept.ts';
import { type Answer, failureAnswer, JSON_TYPE, jsonAnswer, notAcceptable } from './answer.ts';
import { EXTERNAL_GROUP } from './groups.ts';
import { listOptions } from './list-options.ts';
import { externalList } from './lists.ts';
import type { Route } from './route.ts';
import { externalTable } from './table.ts';

const NO_WATCH: Answer = failureAnswer(
  failure(405, `watch is not supported on resources of kind "*.${EXTERNAL_GROUP}"`, {
    reason: 'MethodNotAllowed',
    details: { group: EXTERNAL_GROUP, kind: '*' },
  }),
);

/** An external metric: found series, or an empty list for an unknown metric. Rejects as the provider does. */
export async function answerExternal(
  route: Extract<Route, { kind: 'external' }>,
  query: URLSearchParams,
  accept: string | undefined,
  provider: ExternalMetricsProvider,
): Promise<Answer> {
  const shape = negotiate(accept, { table: true });
  if (shape === undefined) return notAcceptable([JSON_TYPE]);
  const options = listOptions(query);
  if ('refused' in options) return options.refused;
  const watch = query.get('watch');
  if (watch !== null && watch !== '' && watch !== '0' && watch !== 'false') return NO_WATCH;
  const { namespace, metric } = route;
  const values = await provider.getExternalMetric({ namespace, metric, selector: options.selector });
  if (shape.kind === 'table') return jsonAnswer(externalTable(shape.version, metric, values));
  return { status: 200, type: JSON_TYPE, body: externalList(metric, values) };
}
