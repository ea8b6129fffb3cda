import { always, type Field, nullable, omitempty, pointer, type Struct, struct } from './schema.ts';
import { condition, hpaObject, LABEL_SELECTOR, objectReference } from './schema-meta.ts';

// k8s.io/api/autoscaling/v1/types.go: the object, and the types that travel in its annotations. autoscaling/v2beta1 spells
// its metrics the same way.

export interface MetricListSchema {
  readonly source: Struct;
  readonly status: Struct;
}

/** Metrics as v1 (annotations) and v2beta1 (spec) write them. */
export function oldMetricSchemas(v: string): MetricListSchema {
  const reference = objectReference(v);
  const name = always('name', 'string', { named: 'v1.ResourceName' });
  const container = always('container', 'string');
  const metricName = always('metricName', 'string');
  const target = always('target', reference);
  const selector = pointer('selector', LABEL_SELECTOR);
  const metricSelector = pointer('metricSelector', LABEL_SELECTOR);
  const averageValue = pointer('averageValue', 'quantity');
  const targets = [pointer('targetAverageUtilization', 'int32'), pointer('targetAverageValue', 'quantity')];
  const currents = [pointer('currentAverageUtilization', 'int32'), always('currentAverageValue', 'quantity')];
  const external = (field: Field, average: Field): readonly Field[] => [metricName, metricSelector, field, average];
  const podsMetric = (field: Field): readonly Field[] => [metricName, field, selector];
  const objectMetric = (field: Field): readonly Field[] => [target, metricName, field, selector, averageValue];
  const type = always('type', 'string', { named: `${v}.MetricSourceType` });
  const list = (kind: 'Source' | 'Status', prefix: 'target' | 'current', resource: readonly Field[]): Struct => {
    const of = (metric: string, fields: readonly Field[]): Struct => struct(`${v}.${metric}Metric${kind}`, ...fields);
    const value = `${prefix}Value`;
    const average = `${prefix}AverageValue`;
    const externalValue = kind === 'Source' ? pointer(value, 'quantity') : always(value, 'quantity');
    return struct(
      `${v}.Metric${kind === 'Source' ? 'Spec' : kind}`,
      type,
      pointer('object', of('Object', objectMetric(always(value, 'quantity')))),
      pointer('pods', of('Pods', podsMetric(always(average, 'quantity')))),
      pointer('resource', of('Resource', [name, ...resource])),
      pointer('containerResource', of('ContainerResource', [name, ...resource, container])),
      pointer('external', of('External', external(externalValue, pointer(average, 'quantity')))),
    );
  };
  return { source: list('Source', 'target', targets), status: list('Status', 'current', currents) };
}

/** Metrics inside the v1 annotations. */
export const V1_METRICS: MetricListSchema = oldMetricSchemas('v1');
/** Conditions inside the v1 annotation. */
export const V1_CONDITION: Struct = condition('v1');

const POLICY: Struct = struct(
  'autoscaling.HPAScalingPolicy',
  always('Type', 'string', { named: 'autoscaling.HPAScalingPolicyType' }),
  always('Value', 'int32'),
  always('PeriodSeconds', 'int32'),
);
// The annotation holds upstream's internal type: no JSON tags, so Go's field names, and null where nothing is set.
const RULES: Struct = struct(
  'autoscaling.HPAScalingRules',
  nullable('StabilizationWindowSeconds', 'int32'),
  nullable('SelectPolicy', 'string', { named: 'autoscaling.ScalingPolicySelect' }),
  nullable('Policies', { list: POLICY }),
  nullable('Tolerance', 'quantity', { quirk: 'toleranceField' }),
);
/** The behavior annotation of v1. */
export const INTERNAL_BEHAVIOR: Struct = struct(
  'autoscaling.HorizontalPodAutoscalerBehavior',
  nullable('ScaleUp', RULES),
  nullable('ScaleDown', RULES),
);

const SPEC: Struct = struct(
  'v1.HorizontalPodAutoscalerSpec',
  always('scaleTargetRef', objectReference('v1')),
  pointer('minReplicas', 'int32'),
  always('maxReplicas', 'int32'),
  pointer('targetCPUUtilizationPercentage', 'int32'),
);
const STATUS: Struct = struct(
  'v1.HorizontalPodAutoscalerStatus',
  pointer('observedGeneration', 'int64'),
  pointer('lastScaleTime', 'time'),
  always('currentReplicas', 'int32'),
  always('desiredReplicas', 'int32'),
  pointer('currentCPUUtilizationPercentage', 'int32'),
);
export const V1: Struct = hpaObject('v1', SPEC, STATUS);

const V2BETA1_METRICS: MetricListSchema = oldMetricSchemas('v2beta1');
/** autoscaling/v2beta1: v1's spelling of metrics, no behavior. Gone from the API since 1.25; manifests of it still exist. */
export const V2BETA1: Struct = hpaObject(
  'v2beta1',
  struct(
    'v2beta1.HorizontalPodAutoscalerSpec',
    always('scaleTargetRef', objectReference('v2beta1')),
    pointer('minReplicas', 'int32'),
    always('maxReplicas', 'int32'),
    omitempty('metrics', { list: V2BETA1_METRICS.source }),
  ),
  struct(
    'v2beta1.HorizontalPodAutoscalerStatus',
    pointer('observedGeneration', 'int64'),
    pointer('lastScaleTime', 'time'),
    always('currentReplicas', 'int32'),
    always('desiredReplicas', 'int32'),
    always('currentMetrics', { list: V2BETA1_METRICS.status }),
    always('conditions', { list: condition('v2beta1') }),
  ),
);
