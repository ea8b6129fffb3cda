import type { HpaV2, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../api/types.ts';
import { quote } from '../go-format.ts';
import { percent, quantityOrNil } from './texts.ts';

/** One line for each metric of the spec; a status belongs to the metric at its index. */
export function metricLines({ spec, status }: HpaV2): readonly string[] {
  return (spec.metrics ?? []).map((metric, index) => `  ${metricLine(metric, status.currentMetrics?.[index])}`);
}

const UNKNOWN = '<unknown>';

function metricLine(metric: MetricSpec, status: MetricStatus | undefined): string {
  const { external, pods, object, resource, containerResource } = metric;
  if (metric.type === 'External' && external !== undefined) {
    const { target } = external;
    const name = quote(external.metric.name);
    const current = status?.external?.current;
    if (target.averageValue === undefined) return `${name} (target value):\t${valuePair(current, target)}`;
    // Only here a missing average reads as unknown and not as nil.
    const known = current?.averageValue === undefined ? undefined : current;
    return `${name} (target average value):\t${averagePair(known, target)}`;
  }
  if (metric.type === 'Pods' && pods !== undefined) {
    return `${quote(pods.metric.name)} on pods:\t${averagePair(status?.pods?.current, pods.target)}`;
  }
  if (metric.type === 'Object' && object !== undefined) {
    const { kind, name } = object.describedObject;
    const average = object.target.type === 'AverageValue';
    const pair = average ? averagePair : valuePair;
    const what = average ? '(target average value)' : '(target value)';
    return `"${object.metric.name}" on ${kind}/${name} ${what}:\t${pair(status?.object?.current, object.target)}`;
  }
  if (metric.type === 'Resource' && resource !== undefined) {
    return `resource ${resource.name} on pods${resourcePair(status?.resource?.current, resource.target)}`;
  }
  if (metric.type === 'ContainerResource' && containerResource !== undefined) {
    const { name, container, target } = containerResource;
    const pair = resourcePair(status?.containerResource?.current, target);
    return `resource ${name} of container "${container}" on pods${pair}`;
  }
  return `<unknown metric type ${quote(metric.type)}>`;
}

function valuePair(current: MetricValueStatus | undefined, target: MetricTarget): string {
  return `${current === undefined ? UNKNOWN : quantityOrNil(current.value)} / ${quantityOrNil(target.value)}`;
}

function averagePair(current: MetricValueStatus | undefined, target: MetricTarget): string {
  const average = current === undefined ? UNKNOWN : quantityOrNil(current.averageValue);
  return `${average} / ${quantityOrNil(target.averageValue)}`;
}

function resourcePair(current: MetricValueStatus | undefined, target: MetricTarget): string {
  if (target.averageValue !== undefined) return `:\t${averagePair(current, target)}`;
  const used =
    current?.averageUtilization === undefined
      ? UNKNOWN
      : `${current.averageUtilization}% (${quantityOrNil(current.averageValue)})`;
  return `  (as a percentage of request):\t${used} / ${percent(target.averageUtilization, '<auto>')}`;
}
