import { sign } from '../quantity/compare.ts';
import { parseQuantity } from '../quantity/parse.ts';
import type { Quirks } from '../quirks.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  named,
  notSupported,
  numeric,
  plain,
  quantity,
  required,
} from './field-error.ts';
import type { FieldPath } from './field-path.ts';
import { dnsLabelFaults, pathSegmentFaults } from './names.ts';
import { containerResourceNameErrors } from './resource-name.ts';
import type { MetricIdentifier, MetricSpec, MetricTarget } from './types.ts';
import { type ApiVersionRule, validateReference } from './validate-reference.ts';

// pkg/apis/autoscaling/validation/validation.go

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue'];

interface MetricRules {
  readonly quirks: Quirks;
  readonly describedObject: ApiVersionRule;
  /** The gate HPAContainerMetrics, where it exists, is off. */
  readonly containerMetricsOff: boolean;
}

/** validateMetrics without its rule about zero replicas. */
export function validateMetrics(
  metrics: readonly MetricSpec[],
  path: FieldPath,
  rules: MetricRules,
): readonly FieldError[] {
  return metrics.flatMap((metric, index) => validateMetric(metric, [...path, index], rules));
}

type SourceField = 'object' | 'external' | 'pods' | 'resource' | 'containerResource';
const FIELD_OF_TYPE: Readonly<Record<string, SourceField>> = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};
/** In the order in which upstream looks at them; only the first that is there is looked into. */
const FIELDS: readonly SourceField[] = ['object', 'external', 'pods', 'resource', 'containerResource'];

function validateMetric(metric: MetricSpec, path: FieldPath, rules: MetricRules): readonly FieldError[] {
  const unknownType = TYPES.includes(metric.type) ? [] : [notSupported([...path, 'type'], metric.type, TYPES)];
  const present = FIELDS.filter((field) => metric[field] !== undefined);
  const expected = FIELD_OF_TYPE[metric.type];
  const missing = expected !== undefined && metric[expected] === undefined;
  // Upstream walks a set in random order here; sorted by name.
  const surplus = present.length > 1 ? present.filter((field) => field !== expected).sort() : [];
  const wrong = present.length === 1 && expected !== undefined && missing ? [] : surplus;
  return [
    ...(metric.type === '' ? [required([...path, 'type'], 'must specify a metric source type')] : []),
    ...unknownType,
    ...validateSource(metric, present[0], path, rules),
    ...(missing ? [required([...path, expected], missingText(expected, rules))] : []),
    ...unknownType,
    ...wrong.map((field) => forbidden([...path, field], 'must populate the given metric source only')),
  ];
}

function missingText(field: SourceField, rules: MetricRules): string {
  const gate =
    field === 'containerResource' && rules.containerMetricsOff
      ? ' (only allowed when HPAContainerMetrics feature is enabled)'
      : '';
  return `must populate information for the given metric source${gate}`;
}

function validateSource(
  metric: MetricSpec,
  field: SourceField | undefined,
  outer: FieldPath,
  rules: MetricRules,
): readonly FieldError[] {
  const { object, external, pods } = metric;
  const path = [...outer, field ?? ''];
  const target = [...path, 'target'];
  if (field === 'object' && object !== undefined) {
    return [
      ...validateReference(object.describedObject, [...path, 'describedObject'], rules.describedObject),
      ...identifierAndTarget(object, path),
      ...(object.target.value === undefined && object.target.averageValue === undefined
        ? [required([...target, 'averageValue'], 'must set either a target value or averageValue')]
        : []),
    ];
  }
  if (field === 'external' && external !== undefined) {
    return [...identifierAndTarget(external, path), ...oneOfValues(external.target, target)];
  }
  if (field === 'pods' && pods !== undefined) {
    const missing = pods.target.averageValue === undefined;
    return [
      ...identifierAndTarget(pods, path),
      ...(missing ? [required([...target, 'averageValue'], 'must specify a positive target averageValue')] : []),
    ];
  }
  return validateResource(metric, path, rules.quirks);
}

function oneOfValues({ value, averageValue }: MetricTarget, path: FieldPath): readonly FieldError[] {
  if (value === undefined && averageValue === undefined) {
    return [required([...path, 'averageValue'], 'must set either a target value for metric or a per-pod target')];
  }
  if (value === undefined || averageValue === undefined) return [];
  return [forbidden([...path, 'value'], 'may not set both a target value for metric and a per-pod target')];
}

function validateResource(metric: MetricSpec, path: FieldPath, quirks: Quirks): readonly FieldError[] {
  const source = metric.resource ?? metric.containerResource;
  if (source === undefined) return [];
  const container = metric.resource === undefined ? metric.containerResource?.container : undefined;
  return [
    ...resourceName(source.name, [...path, 'name'], container !== undefined, quirks),
    ...(container === undefined ? [] : containerName(container, [...path, 'container'], quirks)),
    ...validateTarget(source.target, [...path, 'target']),
    ...oneOfResourceTargets(source.target, [...path, 'target']),
  ];
}

function resourceName(name: string, path: FieldPath, ofContainer: boolean, quirks: Quirks): readonly FieldError[] {
  if (name === '') return [required(path, 'must specify a resource name')];
  return ofContainer ? containerResourceNameErrors(name, path, quirks) : [];
}

function containerName(container: string, path: FieldPath, quirks: Quirks): readonly FieldError[] {
  if (container === '') return [required(path, 'must specify a container')];
  return dnsLabelFaults(container, quirks).map((fault) => invalid(path, plain(container), fault));
}

function oneOfResourceTargets(target: MetricTarget, path: FieldPath): readonly FieldError[] {
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined) {
    const text = 'must set either a target raw value or a target utilization';
    return [required([...path, 'averageUtilization'], text)];
  }
  if (averageUtilization === undefined || averageValue === undefined) return [];
  return [forbidden([...path, 'averageValue'], 'may not set both a target raw value and a target utilization')];
}

function identifierAndTarget(
  source: { readonly metric: MetricIdentifier; readonly target: MetricTarget },
  path: FieldPath,
): readonly FieldError[] {
  const { name } = source.metric;
  const at = [...path, 'metric', 'name'];
  return [
    ...(name === ''
      ? [required(at, 'must specify a metric name')]
      : pathSegmentFaults(name).map((fault) => invalid(at, plain(name), fault))),
    ...validateTarget(source.target, [...path, 'target']),
  ];
}

/** validateMetricTarget. */
function validateTarget(target: MetricTarget, path: FieldPath): readonly FieldError[] {
  const { type, averageUtilization } = target;
  const at = [...path, 'type'];
  return [
    ...(type === '' ? [required(at, 'must specify a metric target type')] : []),
    ...(TARGET_TYPES.includes(type)
      ? []
      : [invalid(at, named(type), 'must be either Utilization, Value, or AverageValue')]),
    ...positive(target.value, [...path, 'value']),
    ...positive(target.averageValue, [...path, 'averageValue']),
    ...(averageUtilization !== undefined && averageUtilization < 1
      ? [invalid([...path, 'averageUtilization'], numeric(averageUtilization), 'must be greater than 0')]
      : []),
  ];
}

function positive(text: string | undefined, path: FieldPath): readonly FieldError[] {
  if (text === undefined) return [];
  const parsed = text === '' ? '' : parseQuantity(text);
  if (typeof parsed !== 'string' && sign(parsed) === 1) return [];
  return [invalid(path, quantity(text), 'must be positive')];
}
