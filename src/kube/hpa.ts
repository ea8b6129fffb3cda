import {
  type Hpa,
  type HpaCondition,
  HpaSchema,
  type MetricSpec,
  type MetricStatus,
  type MetricTarget,
  type MetricValue,
} from './hpa-schema.ts';
import { parseAs } from './objects.ts';

/** What is shown of one metric of an HPA. Quantities as the API prints them (`9500m`), percentages as `55%`. */
export interface MetricSummary {
  readonly name: string;
  readonly type: string;
  /** null = unknown; then `reason` or `artefact` says why. */
  readonly current: string | null;
  readonly target: string;
  readonly targetType: string;
  /** Why `current` is unknown, in the controller's own words where it gave some. */
  readonly reason?: string;
  /** The text that the status holds, where it is not a value of the metric. */
  readonly raw?: string;
  /** What `raw` really means. */
  readonly artefact?: string;
}

/** One HPA as `status`, `watch` and scripts see it: the item shape of `hpas[]` in JSON. */
export interface HpaSummary {
  readonly namespace: string;
  readonly name: string;
  /** Replicas the target's spec had at the last sync, before that sync changed it. */
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  readonly metrics: readonly MetricSummary[];
  readonly conditions: readonly HpaCondition[];
  readonly lastScaleTime?: string;
}

export const ZERO_REPLICAS_ARTEFACT = '0 replicas: average undefined';
const NO_AVERAGE_ARTEFACT = 'no pods or a negative total: average undefined';
const MIN_INT64 = '-9223372036854775808m';
const MAX_INT64 = '9223372036854775807m';

/** A foreign value as an autoscaling/v2 HPA. Raises ML-KUBE-SHAPE. */
export function parseHpa(foreign: unknown): Hpa {
  return parseAs(HpaSchema, foreign, 'a HorizontalPodAutoscaler');
}

/** The HPA in short. Status slots belong to the metrics of the spec by index, as in kubectl (printers.go:formatHPAMetrics). */
export function hpaSummary(hpa: Hpa): HpaSummary {
  const { spec, status } = hpa;
  return {
    namespace: hpa.metadata.namespace ?? '',
    name: hpa.metadata.name,
    current: status.currentReplicas,
    desired: status.desiredReplicas,
    min: spec.minReplicas ?? 1,
    max: spec.maxReplicas,
    scaleTargetRef: { kind: spec.scaleTargetRef.kind, name: spec.scaleTargetRef.name },
    metrics: spec.metrics.map((metric, index) => metricSummary(hpa, metric, status.currentMetrics[index])),
    conditions: status.conditions,
    ...(status.lastScaleTime === undefined ? {} : { lastScaleTime: status.lastScaleTime }),
  };
}

/** Name and target of a metric of the spec, whatever its type. */
export function metricIdentity(metric: MetricSpec): { readonly name: string; readonly target: MetricTarget } {
  const resource = metric.resource ?? metric.containerResource;
  if (resource !== undefined) return resource;
  const custom = metric.external ?? metric.object ?? metric.pods;
  if (custom !== undefined) return { name: custom.metric.name, target: custom.target };
  return { name: metric.type, target: { type: '' } };
}

function metricSummary(hpa: Hpa, metric: MetricSpec, slot: MetricStatus | undefined): MetricSummary {
  const { name, target } = metricIdentity(metric);
  const known = { name, type: metric.type, target: valueText(target, target.type) ?? '', targetType: target.type };
  const current = slot?.type === metric.type ? valueText(currentOf(slot), target.type) : undefined;
  if (current === undefined) return { ...known, current: null, reason: whyUnknown(hpa) };
  const artefact = artefactOf(hpa, metric, target.type, current);
  return artefact === undefined ? { ...known, current } : { ...known, current: null, raw: current, artefact };
}

function currentOf(slot: MetricStatus): MetricValue {
  const source = slot.external ?? slot.object ?? slot.pods ?? slot.resource ?? slot.containerResource;
  return source?.current ?? {};
}

function valueText(value: MetricValue, targetType: string): string | undefined {
  if (targetType === 'Utilization') {
    return value.averageUtilization === undefined ? undefined : `${value.averageUtilization}%`;
  }
  return targetType === 'Value' ? value.value : value.averageValue;
}

/**
 * The average of an External or Object metric is divided by the target's status.replicas; at 0 that is NaN or +Inf, which
 * Go turns into the smallest int64 on amd64, into 0 or the largest on arm64 (kubernetes#140956; fix in no release up to
 * 1.37.1). The largest one also stands for a negative external total (1.34 and later).
 */
function artefactOf(hpa: Hpa, metric: MetricSpec, targetType: string, current: string): string | undefined {
  const divided = (metric.type === 'External' || metric.type === 'Object') && targetType === 'AverageValue';
  if (!divided) return undefined;
  if (current === MIN_INT64) return ZERO_REPLICAS_ARTEFACT;
  if (hpa.status.currentReplicas === 0) {
    return current === MAX_INT64 || current === '0' ? ZERO_REPLICAS_ARTEFACT : undefined;
  }
  return current === MAX_INT64 ? NO_AVERAGE_ARTEFACT : undefined;
}

/** HPA-SPEC section 6, entry 3: no condition = not reconciled yet, False = its message, True = clamped or another slot. */
function whyUnknown(hpa: Hpa): string {
  const { spec, status } = hpa;
  const active = status.conditions.find((condition) => condition.type === 'ScalingActive');
  if (active !== undefined && active.status !== 'True') return active.message || active.reason;
  const able = status.conditions.find((condition) => condition.type === 'AbleToScale');
  if (able !== undefined && able.status !== 'True') return able.message || able.reason;
  if (able === undefined && active === undefined) return 'the HPA controller has not looked at this HPA yet';
  if (status.currentReplicas > spec.maxReplicas) return 'not asked for: the replicas were above max';
  if (status.currentReplicas < (spec.minReplicas ?? 1)) return 'not asked for: the replicas were below min';
  return 'this metric gave no value in the last sync';
}
