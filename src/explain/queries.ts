import { type HpaSpec, metricQueries, type MetricQuery, type Rules } from '../hpa/index.ts';

/** Selects nothing that is asked for: see below. */
const UNKNOWN = 'unknown';

/**
 * What the controller asks the metrics APIs, by index of spec.metrics; null = nothing, or not known. Where the selector of the pods is
 * not known (null: we may not read the scale), External and Object metrics still are.
 */
export function queriesOf(
  spec: HpaSpec,
  namespace: string,
  selector: string | null,
  rules: Rules,
): readonly (MetricQuery | null)[] {
  const queries = metricQueries(spec, namespace, selector ?? UNKNOWN, rules);
  if (selector !== null) return queries;
  return queries.map((query) => (query !== null && isOfPods(query) ? null : query));
}

const isOfPods = (query: MetricQuery): boolean =>
  query.api === 'resource' || (query.api === 'custom' && query.kind === 'pods');
