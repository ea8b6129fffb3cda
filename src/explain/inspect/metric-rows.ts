import type { HpaV2, MetricQuery, MetricSpec } from '../../hpa/index.ts';
import type { MetricSummary } from '../../kube/hpa.ts';
import { metricName } from '../hpa-view.ts';
import { mentions } from '../metric-failures.ts';
import type { InspectedMetric, Reading } from './inspection.ts';

/** What is known of one metric from each place. */
export interface MetricFacts {
  readonly spec: MetricSpec;
  readonly query: MetricQuery | null;
  readonly shown: MetricSummary | undefined;
  readonly source: Reading | null;
  readonly adapter: Reading;
}

/** The rows of spec.metrics. Pure. */
export function metricRows(hpa: HpaV2, facts: readonly MetricFacts[]): readonly InspectedMetric[] {
  return facts.map((fact, index) => {
    const { spec, shown, source, adapter } = fact;
    const status = shown?.current ?? shown?.raw ?? null;
    const statusNote = shown?.artefact ?? reasonOf(hpa, fact) ?? null;
    return {
      index,
      type: spec.type,
      name: metricName(spec),
      selector: selectorOf(fact.query),
      of: describedOf(spec),
      target: shown?.target ?? '',
      targetType: shown?.targetType ?? '',
      status,
      statusNote,
      source,
      adapter,
      summary: summaryOf({ source, adapter, status, statusNote }, hpa),
    };
  });
}

/** Why there is no value; the condition tells of one failing metric only. */
function reasonOf({ spec: { metrics = [] }, status }: HpaV2, { spec, shown }: MetricFacts): string | undefined {
  const active = status.conditions?.find(({ type }) => type === 'ScalingActive');
  const ofOneMetric = active?.status === 'False' && active.reason?.startsWith('FailedGet') === true;
  if (shown?.reason === undefined || !ofOneMetric || metrics.length < 2 || mentions(shown.reason, metricName(spec)))
    return shown?.reason;
  return 'the last sync could not read it; the conditions tell of another metric only';
}

function selectorOf(query: MetricQuery | null): string {
  if (query === null || query.api === 'resource') return '';
  return query.api === 'external' ? query.labelSelector : query.metricLabelSelector;
}

function describedOf({ object, containerResource }: MetricSpec): string | null {
  if (object !== undefined) return `${object.describedObject.kind}/${object.describedObject.name}`;
  return containerResource === undefined ? null : `container ${containerResource.container}`;
}

/** "source 47 → adapter 47 → status 46800m, 12 s old". */
function summaryOf(
  parts: Pick<InspectedMetric, 'source' | 'adapter' | 'status' | 'statusNote'>,
  { status }: HpaV2,
): string {
  const { source, adapter } = parts;
  const asked = valueText(adapter);
  const shown = parts.status ?? `nothing${parts.statusNote === null ? '' : ` (${parts.statusNote})`}`;
  const note = parts.status !== null && parts.statusNote !== null ? ` (${parts.statusNote})` : '';
  const age = adapter.ageSeconds === null ? '' : `, ${ageText(adapter.ageSeconds)}`;
  const never = status.conditions === undefined ? ' (the controller has not looked yet)' : '';
  return [
    ...(source === null ? [] : [`source ${valueText(source)}`]),
    `adapter ${asked}`,
    `status ${shown}${note}${never}`,
  ]
    .join(' → ')
    .concat(age);
}

function valueText({ total, values, problem }: Reading): string {
  if (total === null) return problem ?? 'nothing';
  return values.length === 1 ? total : `${total} (${values.length} series)`;
}

/** A sample of the future is a clock that is wrong. */
function ageText(seconds: number): string {
  return seconds < 0 ? `${-seconds} s in the future` : `${seconds} s old`;
}
