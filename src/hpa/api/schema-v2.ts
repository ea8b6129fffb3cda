import { always, type Field, omitempty, pointer, quiet, type Struct, struct } from './schema.ts';
import { condition, hpaObject, LABEL_SELECTOR, objectReference } from './schema-meta.ts';

// k8s.io/api/autoscaling/v2/types.go in Go's field order, which is the order of the JSON keys. autoscaling/v2beta2 has the
// same fields under another package name.

interface HpaSchema {
  readonly object: Struct;
  readonly spec: Struct;
}

const VALUES: readonly Field[] = [
  pointer('value', 'quantity'),
  pointer('averageValue', 'quantity'),
  pointer('averageUtilization', 'int32'),
];

const targetSchema = (v: string): Struct =>
  struct(`${v}.MetricTarget`, always('type', 'string', { named: `${v}.MetricTargetType` }), ...VALUES);

interface MetricSchemas {
  readonly source: Struct;
  readonly status: Struct;
}

function metricSchemas(v: string): MetricSchemas {
  const id = always(
    'metric',
    struct(`${v}.MetricIdentifier`, always('name', 'string'), pointer('selector', LABEL_SELECTOR)),
  );
  const described = always('describedObject', objectReference(v));
  const name = always('name', 'string', { named: 'v1.ResourceName' });
  const container = always('container', 'string');
  const type = always('type', 'string', { named: `${v}.MetricSourceType` });
  const is = always('target', targetSchema(v));
  const now = always('current', struct(`${v}.MetricValueStatus`, ...VALUES));
  return {
    source: struct(
      `${v}.MetricSpec`,
      type,
      pointer('object', struct(`${v}.ObjectMetricSource`, described, is, id)),
      pointer('pods', struct(`${v}.PodsMetricSource`, id, is)),
      pointer('resource', struct(`${v}.ResourceMetricSource`, name, is)),
      pointer('containerResource', struct(`${v}.ContainerResourceMetricSource`, name, is, container)),
      pointer('external', struct(`${v}.ExternalMetricSource`, id, is)),
    ),
    status: struct(
      `${v}.MetricStatus`,
      type,
      pointer('object', struct(`${v}.ObjectMetricStatus`, id, now, described)),
      pointer('pods', struct(`${v}.PodsMetricStatus`, id, now)),
      pointer('resource', struct(`${v}.ResourceMetricStatus`, name, now)),
      pointer('containerResource', struct(`${v}.ContainerResourceMetricStatus`, name, now, container)),
      pointer('external', struct(`${v}.ExternalMetricStatus`, id, now)),
    ),
  };
}

function behaviorSchema(v: string): Struct {
  const policy = struct(
    `${v}.HPAScalingPolicy`,
    always('type', 'string', { named: `${v}.HPAScalingPolicyType` }),
    always('value', 'int32'),
    always('periodSeconds', 'int32'),
  );
  const rules = struct(
    `${v}.HPAScalingRules`,
    pointer('stabilizationWindowSeconds', 'int32'),
    pointer('selectPolicy', 'string', { named: `${v}.ScalingPolicySelect` }),
    omitempty('policies', { list: policy }),
    pointer('tolerance', 'quantity', { quirk: 'toleranceField' }),
  );
  return struct(`${v}.HorizontalPodAutoscalerBehavior`, pointer('scaleUp', rules), pointer('scaleDown', rules));
}

function hpaSchema(v: string): HpaSchema {
  const metrics = metricSchemas(v);
  const spec = struct(
    `${v}.HorizontalPodAutoscalerSpec`,
    always('scaleTargetRef', objectReference(v)),
    pointer('minReplicas', 'int32'),
    always('maxReplicas', 'int32'),
    omitempty('metrics', { list: metrics.source }),
    pointer('behavior', behaviorSchema(v)),
  );
  const status = struct(
    `${v}.HorizontalPodAutoscalerStatus`,
    pointer('observedGeneration', 'int64'),
    pointer('lastScaleTime', 'time'),
    quiet('currentReplicas', 'int32'),
    always('desiredReplicas', 'int32'),
    always('currentMetrics', { list: metrics.status }),
    omitempty('conditions', { list: condition(v) }),
  );
  return { object: hpaObject(v, spec, status), spec };
}

export const V2: HpaSchema = hpaSchema('v2');
export const V2BETA2: HpaSchema = hpaSchema('v2beta2');
