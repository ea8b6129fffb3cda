import type { Quirks } from '../quirks.ts';
import {
  type Annotations,
  BEHAVIOR_ANNOTATION,
  CONDITIONS_ANNOTATION,
  CURRENT_METRICS_ANNOTATION,
  decodeBehavior,
  decodeConditions,
  decodeCurrentMetrics,
  decodeMetrics,
  encodeBehavior,
  encodeConditions,
  encodeCurrentMetrics,
  encodeMetrics,
  METRICS_ANNOTATION,
  withAnnotations,
  withoutRoundTrip,
} from './annotations.ts';
import { compact } from './convert-metrics.ts';
import { DEFAULT_METRICS } from './defaults.ts';
import type { HpaSpec, HpaStatus, HpaV1, HpaV2, MetricSpec } from './types.ts';

// pkg/apis/autoscaling/v1/conversion.go

/** How autoscaling/v1 shows an HPA: one cpu utilization target; everything else in annotations. */
export function v2ToV1(hpa: HpaV2, quirks: Quirks): HpaV1 {
  const { spec, status } = hpa;
  const { metrics = [] } = spec;
  const others = metrics.filter((metric) => cpuUtilization(metric) === undefined);
  const { currentMetrics, conditions = [] } = status;
  const current = currentMetrics ?? [];
  const annotations = {
    ...withoutRoundTrip(hpa.metadata.annotations, quirks),
    ...(others.length === 0 ? {} : { [METRICS_ANNOTATION]: encodeMetrics(others, quirks) }),
    ...(current.length === 0 ? {} : { [CURRENT_METRICS_ANNOTATION]: encodeCurrentMetrics(current, quirks) }),
    ...(spec.behavior === undefined ? {} : { [BEHAVIOR_ANNOTATION]: encodeBehavior(spec.behavior, quirks) }),
    ...(conditions.length === 0 ? {} : { [CONDITIONS_ANNOTATION]: encodeConditions(conditions, quirks) }),
  };
  return {
    ...(hpa.kind === undefined ? {} : { kind: hpa.kind, apiVersion: 'autoscaling/v1' }),
    metadata: withAnnotations(hpa.metadata, annotations),
    spec: compact({
      scaleTargetRef: spec.scaleTargetRef,
      minReplicas: spec.minReplicas,
      maxReplicas: spec.maxReplicas,
      targetCPUUtilizationPercentage: metrics.map(cpuUtilization).find((percent) => percent !== undefined),
    }),
    status: compact({
      observedGeneration: status.observedGeneration,
      lastScaleTime: status.lastScaleTime,
      currentReplicas: status.currentReplicas,
      desiredReplicas: status.desiredReplicas,
      currentCPUUtilizationPercentage: currentCpuUtilization(status),
    }),
  };
}

/** The percentage when the metric is one that v1 has a field for. */
function cpuUtilization({ type, resource }: MetricSpec): number | undefined {
  return type === 'Resource' && resource?.name === 'cpu' ? resource.target.averageUtilization : undefined;
}

/** Of several the last one wins. */
function currentCpuUtilization({ currentMetrics }: HpaStatus): number | undefined {
  return (currentMetrics ?? [])
    .map(({ type, resource }) =>
      type === 'Resource' && resource?.name === 'cpu' ? resource.current.averageUtilization : undefined,
    )
    .findLast((percent) => percent !== undefined);
}

/** SetDefaults_HorizontalPodAutoscaler of autoscaling/v1; metrics are defaulted in the conversion. */
export function defaultV1(hpa: HpaV1): HpaV1 {
  return hpa.spec.minReplicas === undefined ? { ...hpa, spec: { ...hpa.spec, minReplicas: 1 } } : hpa;
}

/** A v1 HPA as v2. Annotations that upstream cannot read are ignored silently; a cpu target comes after their metrics. */
export function v1ToV2(hpa: HpaV1, quirks: Quirks): HpaV2 {
  const annotations = hpa.metadata.annotations ?? {};
  const currentCpu = hpa.status.currentCPUUtilizationPercentage;
  const fromField: HpaStatus['currentMetrics'] =
    currentCpu === undefined
      ? undefined
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: currentCpu } } }];
  const { observedGeneration, lastScaleTime, currentReplicas, desiredReplicas } = hpa.status;
  return {
    ...(hpa.kind === undefined ? {} : { kind: hpa.kind, apiVersion: 'autoscaling/v2' }),
    metadata: withAnnotations(hpa.metadata, withoutRoundTrip(annotations, quirks)),
    spec: specOf(hpa, annotations, quirks),
    status: compact({
      observedGeneration,
      lastScaleTime,
      currentReplicas,
      desiredReplicas,
      currentMetrics: decodeCurrentMetrics(annotations[CURRENT_METRICS_ANNOTATION], quirks) ?? fromField,
      conditions: decodeConditions(annotations[CONDITIONS_ANNOTATION], quirks),
    }),
  };
}

function specOf(hpa: HpaV1, annotations: Annotations, quirks: Quirks): HpaSpec {
  const { scaleTargetRef, minReplicas, maxReplicas, targetCPUUtilizationPercentage: cpu } = hpa.spec;
  const metrics = [
    ...(decodeMetrics(annotations[METRICS_ANNOTATION], quirks) ?? []),
    ...(cpu === undefined ? [] : [cpuMetric(cpu)]),
  ];
  return compact({
    scaleTargetRef,
    minReplicas,
    maxReplicas,
    metrics: metrics.length === 0 ? DEFAULT_METRICS : metrics,
    behavior: decodeBehavior(annotations[BEHAVIOR_ANNOTATION], quirks),
  });
}

function cpuMetric(percent: number): MetricSpec {
  return {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
  };
}
