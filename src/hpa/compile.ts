import type { HpaSpec, MetricSpec, MetricTarget } from './api/types.ts';
import type { Behavior } from './behavior/scaling-rules.ts';
import type { Int64 } from './go-numbers.ts';
import { milliOrZero } from './milli.ts';
import { metricShortName } from './reconcile/compute-metrics.ts';
import { tolerancesForHpa } from './reconcile/cycle.ts';
import { behaviorOf, hasObjectOrExternalMetrics } from './reconcile/plan.ts';
import type { ControllerFlags } from './reconcile/types.ts';
import type { PerPodTarget } from './replicas/per-pod-sample.ts';
import type { Tolerances } from './replicas/tolerance.ts';
import { type Platform, type Rules, rulesOf } from './rules.ts';

/** One entry of spec.metrics with its target worked out (milli-units). */
export type CompiledMetric =
  /** Object or External with a Value. */
  | { readonly kind: 'value'; readonly name: string; readonly target: Int64 }
  /** Object or External with an AverageValue; `capped` as external metrics are from 1.34 on. */
  | { readonly kind: 'average'; readonly name: string; readonly target: Int64; readonly capped: boolean }
  /** Pods, Resource and ContainerResource; `resource` is "" for Pods. */
  | { readonly kind: 'pods'; readonly name: string; readonly target: PerPodTarget; readonly resource: string }
  /** A target that the controller does not accept: it fails in every cycle. */
  | { readonly kind: 'invalid'; readonly name: string };

/** An HPA with everything worked out that does not change from cycle to cycle. */
export interface CompiledHpa {
  readonly rules: Rules;
  readonly flags: ControllerFlags;
  readonly min: number;
  readonly max: number;
  readonly behavior: Behavior | null;
  readonly tolerances: Tolerances;
  readonly objectOrExternal: boolean;
  readonly metrics: readonly CompiledMetric[];
}

function totalTarget(spec: MetricSpec, name: string, rules: Rules): CompiledMetric {
  const external = spec.external?.target;
  if (external !== undefined) {
    // For external metrics the field counts, not the type.
    const { averageValue, value } = external;
    if (averageValue !== undefined) {
      return { kind: 'average', name, target: milliOrZero(averageValue), capped: rules.externalAverageCap };
    }
    return value === undefined ? { kind: 'invalid', name } : { kind: 'value', name, target: milliOrZero(value) };
  }
  const target = spec.object?.target;
  if (target?.type === 'Value' && target.value !== undefined) {
    return { kind: 'value', name, target: milliOrZero(target.value) };
  }
  if (target?.type === 'AverageValue' && target.averageValue !== undefined) {
    return { kind: 'average', name, target: milliOrZero(target.averageValue), capped: false };
  }
  return { kind: 'invalid', name };
}

function podTarget(
  target: MetricTarget | undefined,
  name: string,
  resource: string,
  container: string,
): CompiledMetric {
  if (target?.averageValue !== undefined) {
    return { kind: 'pods', name, target: { unit: 'milli', value: milliOrZero(target.averageValue) }, resource };
  }
  if (resource === '' || target?.averageUtilization === undefined) return { kind: 'invalid', name };
  return { kind: 'pods', name, target: { unit: 'percent', value: target.averageUtilization, container }, resource };
}

function compileMetric(spec: MetricSpec, rules: Rules): CompiledMetric {
  const name = metricShortName(spec);
  switch (spec.type) {
    case 'Object':
    case 'External':
      return totalTarget(spec, name, rules);
    case 'Pods':
      return podTarget(spec.pods?.target, name, '', '');
    case 'Resource':
      return podTarget(spec.resource?.target, name, spec.resource?.name ?? '', '');
    case 'ContainerResource': {
      const { name: resource = '', container = '', target } = spec.containerResource ?? {};
      return rules.containerMetrics ? podTarget(target, name, resource, container) : { kind: 'invalid', name };
    }
    default:
      return { kind: 'invalid', name };
  }
}

/** Works an HPA out for {@link Decider}. `spec` after defaulting. */
export function compileHpa(spec: HpaSpec, platform: Platform, flags: ControllerFlags): CompiledHpa {
  const rules = rulesOf(platform);
  return {
    rules,
    flags,
    min: spec.minReplicas ?? 1,
    max: spec.maxReplicas,
    behavior: behaviorOf(spec.behavior),
    tolerances: tolerancesForHpa(spec, flags.tolerance, rules),
    objectOrExternal: hasObjectOrExternalMetrics(spec),
    metrics: (spec.metrics ?? []).map((metric) => compileMetric(metric, rules)),
  };
}
