import {
  count,
  count64,
  int32,
  keyed,
  list,
  quantity,
  struct,
  type StructType,
  text,
  time,
  type Type,
} from '../schema/type.ts';
import { labelSelector, object } from './meta.ts';

const reference = (v: string) =>
  struct(`${v}.CrossVersionObjectReference`, { kind: text, name: text, apiVersion: text }, v === 'v1');
const identifier = struct('v2.MetricIdentifier', { name: text, selector: labelSelector });
const target = struct('v2.MetricTarget', {
  type: text,
  value: quantity,
  averageValue: quantity,
  averageUtilization: int32,
});
const current = struct('v2.MetricValueStatus', { value: quantity, averageValue: quantity, averageUtilization: int32 });

/** The five kinds of metrics; `value` is the target in a spec and the current value in a status. */
function metrics(suffix: 'Source' | 'Status', value: Readonly<Record<string, Type>>): Readonly<Record<string, Type>> {
  const go = (name: string) => `v2.${name}Metric${suffix}`;
  return {
    type: text,
    object: struct(go('Object'), { describedObject: reference('v2'), ...value, metric: identifier }),
    pods: struct(go('Pods'), { metric: identifier, ...value }),
    resource: struct(go('Resource'), { name: text, ...value }),
    containerResource: struct(go('ContainerResource'), { name: text, ...value, container: text }),
    external: struct(go('External'), { metric: identifier, ...value }),
  };
}

const scalingRules = struct('v2.HPAScalingRules', {
  stabilizationWindowSeconds: int32,
  selectPolicy: text,
  policies: {
    is: 'list',
    of: struct('v2.HPAScalingPolicy', { type: text, value: int32, periodSeconds: int32 }),
    keep: true,
  },
  tolerance: quantity,
});

/** autoscaling/v2 types.go. */
export const hpaV2: StructType = object('v2.HorizontalPodAutoscaler', {
  spec: struct('v2.HorizontalPodAutoscalerSpec', {
    scaleTargetRef: reference('v2'),
    minReplicas: int32,
    maxReplicas: int32,
    metrics: list(struct('v2.MetricSpec', metrics('Source', { target }))),
    behavior: struct('v2.HorizontalPodAutoscalerBehavior', { scaleUp: scalingRules, scaleDown: scalingRules }),
  }),
  status: struct('v2.HorizontalPodAutoscalerStatus', {
    observedGeneration: int32,
    lastScaleTime: time,
    currentReplicas: count,
    desiredReplicas: int32,
    currentMetrics: list(struct('v2.MetricStatus', metrics('Status', { current }))),
    conditions: keyed(
      struct('v2.HorizontalPodAutoscalerCondition', {
        type: text,
        status: text,
        lastTransitionTime: time,
        reason: text,
        message: text,
        observedGeneration: count64,
      }),
      'type',
    ),
  }),
});

/** autoscaling/v1 types.go. */
export const hpaV1: StructType = object('v1.HorizontalPodAutoscaler', {
  spec: struct('v1.HorizontalPodAutoscalerSpec', {
    scaleTargetRef: reference('v1'),
    minReplicas: int32,
    maxReplicas: int32,
    targetCPUUtilizationPercentage: int32,
  }),
  status: struct('v1.HorizontalPodAutoscalerStatus', {
    observedGeneration: int32,
    lastScaleTime: time,
    currentReplicas: int32,
    desiredReplicas: int32,
    currentCPUUtilizationPercentage: int32,
  }),
});
