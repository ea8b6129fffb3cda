import {
  type Arch,
  DEFAULT_FLAGS,
  defaultSpec,
  type HpaCondition,
  type HpaV2,
  type MetricSpec,
  type Platform,
  type Rules,
} from '../hpa/index.ts';
import type {
  BundleApiService,
  BundleEvent,
  BundleObject,
  BundlePod,
  BundleScaledObject,
  Refusal,
  Unread,
} from './bundle.ts';
import type { PlatformFact } from './platform.ts';

/** The scale of the target as it was read. */
export interface ScaleView {
  readonly spec: number;
  readonly status: number;
  readonly selector: string;
}

/** What the metrics API answered for one entry of spec.metrics. */
export interface AnswerView {
  readonly path: string;
  readonly status: number;
  /** The decoded JSON, or the text where it was none. */
  readonly body: unknown;
}

/** The HPA and its scale at an earlier moment. */
export interface SampleView {
  readonly atMs: number;
  readonly hpa: HpaV2;
  readonly spec: number;
  readonly status: number;
}

/** Everything that is known of one HPA: what the rules see. */
export interface HpaView {
  readonly nowMs: number;
  readonly platform: Platform;
  /** Where the platform is known from. */
  readonly facts: readonly PlatformFact[];
  readonly rules: Rules;
  readonly arch: Arch;
  readonly hpa: HpaV2;
  readonly namespace: string;
  readonly name: string;
  /** Only autoscaling/v1 was read; `hpa` is converted from it. */
  readonly onlyV1: boolean;
  /** metadata of what was read, with managedFields and annotations. */
  readonly object: BundleObject;
  /** Other HPAs of the namespace that aim at the same kind and name. */
  readonly others: readonly HpaV2[];
  /** null = not read. */
  readonly scale: ScaleView | Refusal | null;
  readonly target: BundleObject | Refusal | null;
  readonly replicaSets: readonly BundleObject[];
  /** The pods that the scale's selector selects; null = not known. */
  readonly pods: readonly BundlePod[] | null;
  /** Events of the HPA, oldest first. */
  readonly events: readonly BundleEvent[];
  /** Events of the target, oldest first. */
  readonly targetEvents: readonly BundleEvent[];
  readonly apiServices: readonly BundleApiService[];
  /** By index of spec.metrics: whether the controller asks a metrics API for it. */
  readonly asked: readonly boolean[];
  /** By index of spec.metrics: the request that asks for it; null = not recorded. */
  readonly paths: readonly (string | null)[];
  /** By index of spec.metrics; null = not asked or not read. */
  readonly answers: readonly (AnswerView | null)[];
  /** KEDA's object behind the HPA; null = none, or not read. */
  readonly scaledObject: BundleScaledObject | null;
  readonly unread: readonly Unread[];
  readonly syncPeriodMs: number;
  /** Oldest first; empty = nothing was recorded. */
  readonly series: readonly SampleView[];
  /** When the adapter was asked, by index of spec.metrics; null = unknown. */
  readonly requests: readonly (readonly number[] | null)[];
}

export function conditionOf(hpa: HpaV2, type: string): HpaCondition | undefined {
  return hpa.status.conditions?.find((condition) => condition.type === type);
}

/** Whether a condition has this status and one of these reasons. */
export function hasCondition(hpa: HpaV2, type: string, status: 'True' | 'False', ...reasons: string[]): boolean {
  const found = conditionOf(hpa, type);
  return found?.status === status && (reasons.length === 0 || reasons.includes(found.reason ?? ''));
}

/** "condition ScalingActive=False FailedGetPodsMetric: …" with its origin. */
export function conditionText(view: HpaView, type: string): string {
  const found = conditionOf(view.hpa, type);
  if (found === undefined) return `observed: the status has no condition ${type}`;
  return `observed: condition ${type}=${found.status} ${found.reason ?? ''}: ${found.message ?? ''}`;
}

export function scaleOf(view: HpaView): ScaleView | null {
  return view.scale !== null && 'selector' in view.scale ? view.scale : null;
}

export function targetText({ hpa }: HpaView): string {
  return `${hpa.spec.scaleTargetRef.kind}/${hpa.spec.scaleTargetRef.name}`;
}

/** The stabilization window that holds scaling down, or up; without a behavior the default of the controller's flag. */
export function windowSeconds({ spec }: HpaV2, direction: 'up' | 'down'): number {
  const { behavior } = defaultSpec(spec);
  const rules = direction === 'down' ? behavior?.scaleDown : behavior?.scaleUp;
  const fallback = direction === 'down' ? DEFAULT_FLAGS.downscaleStabilizationMs / 1000 : 0;
  return rules?.stabilizationWindowSeconds ?? fallback;
}

/** The name that messages use for a metric. */
export function metricName(spec: MetricSpec): string {
  return (
    spec.external?.metric.name ??
    spec.pods?.metric.name ??
    spec.object?.metric.name ??
    spec.containerResource?.name ??
    spec.resource?.name ??
    spec.type
  );
}

/** The last moment that an event tells of, epoch ms; NaN when it tells none. */
export function eventTime(event: BundleEvent): number {
  return Date.parse(
    event.series?.lastObservedTime ??
      event.deprecatedLastTimestamp ??
      event.eventTime ??
      event.deprecatedFirstTimestamp ??
      '',
  );
}

/** How often an event happened. */
export const eventCount = (event: BundleEvent): number => event.series?.count ?? event.deprecatedCount ?? 1;

export interface Rescale {
  readonly size: number;
  readonly reason: string;
  readonly atMs: number;
  readonly count: number;
}

/** The HPA's own rescales as its events tell them, oldest first. */
export function rescales(view: HpaView): readonly Rescale[] {
  return view.events.flatMap((event) => {
    const found = /^New size: (\d+); reason: (.*)$/s.exec(event.note);
    if (event.reason !== 'SuccessfulRescale' || found === null) return [];
    return [{ size: Number(found[1]), reason: found[2] ?? '', atMs: eventTime(event), count: eventCount(event) }];
  });
}

/** kubectl patch of the HPA with a merge patch of its spec. */
export function patchText(view: HpaView, spec: unknown): string {
  return `kubectl patch hpa ${view.name} -n ${view.namespace} --type merge -p '${JSON.stringify({ spec })}'`;
}
