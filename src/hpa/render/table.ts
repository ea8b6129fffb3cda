import type { HpaV2, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../api/types.ts';
import type { Quirks } from '../quirks.ts';
import { age, percent, quantityOrNil } from './texts.ts';

// pkg/printers/internalversion/printers.go

/** Columns of `kubectl get hpa`, as a Table answer of the API server describes them: all of type string, the numbers too. */
export const HPA_COLUMNS: readonly { readonly name: string; readonly type: 'string'; readonly format: string }[] = [
  'Name',
  'Reference',
  'Targets',
  'MinPods',
  'MaxPods',
  'Replicas',
  'Age',
].map((name) => ({ name, type: 'string', format: name === 'Name' ? 'name' : '' }));

export type HpaCells = readonly [string, string, string, string, number, number, string];

/** The row of `kubectl get hpa` (printHorizontalPodAutoscaler). `nowMs` in milliseconds since 1970. */
export function hpaCells(hpa: HpaV2, nowMs: number, quirks: Quirks): HpaCells {
  const { spec, status, metadata } = hpa;
  return [
    metadata.name ?? '',
    `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    targetsText(spec.metrics ?? [], status.currentMetrics ?? [], quirks),
    spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec.maxReplicas,
    status.currentReplicas,
    age(metadata.creationTimestamp, nowMs),
  ];
}

/** Metrics that TARGETS shows before it counts. */
const SHOWN = 2;

/** TARGETS: current/target of the first two metrics; a status belongs to the metric at its index (formatHPAMetrics). */
export function targetsText(metrics: readonly MetricSpec[], statuses: readonly MetricStatus[], quirks: Quirks): string {
  if (metrics.length === 0) return '<none>';
  const texts = metrics.slice(0, SHOWN).map((metric, index) => metricText(metric, statuses[index], quirks));
  const more = metrics.length > SHOWN ? ` + ${metrics.length - SHOWN} more...` : '';
  return texts.join(', ') + more;
}

function metricText(metric: MetricSpec, status: MetricStatus | undefined, quirks: Quirks): string {
  switch (metric.type) {
    case 'External':
      return metric.external ? valueText(metric.external.target, status?.external?.current) : UNKNOWN_TYPE;
    case 'Object':
      return metric.object ? valueText(metric.object.target, status?.object?.current) : UNKNOWN_TYPE;
    case 'Pods':
      return metric.pods ? averageText(metric.pods.target, status?.pods?.current) : UNKNOWN_TYPE;
    case 'Resource':
      return metric.resource ? resourceText(metric.resource, status?.resource?.current, quirks) : UNKNOWN_TYPE;
    case 'ContainerResource':
      return metric.containerResource
        ? resourceText(metric.containerResource, status?.containerResource?.current, quirks)
        : UNKNOWN_TYPE;
    default:
      return UNKNOWN_TYPE;
  }
}

const UNKNOWN = '<unknown>';
const UNKNOWN_TYPE = '<unknown type>';

function valueText(target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) {
    const average = current?.averageValue === undefined ? UNKNOWN : quantityOrNil(current.averageValue);
    return `${average}/${quantityOrNil(target.averageValue)} (avg)`;
  }
  return `${current === undefined ? UNKNOWN : quantityOrNil(current.value)}/${quantityOrNil(target.value)}`;
}

function averageText(target: MetricTarget, current: MetricValueStatus | undefined): string {
  const average = current === undefined ? UNKNOWN : quantityOrNil(current.averageValue);
  return `${average}/${quantityOrNil(target.averageValue)}`;
}

function resourceText(
  source: { readonly name: string; readonly target: MetricTarget },
  current: MetricValueStatus | undefined,
  quirks: Quirks,
): string {
  const { name, target } = source;
  const text =
    target.averageValue === undefined
      ? `${percent(current?.averageUtilization, UNKNOWN)}/${percent(target.averageUtilization, '<auto>')}`
      : averageText(target, current);
  return quirks.resourceNameInTargets ? `${name}: ${text}` : text;
}
