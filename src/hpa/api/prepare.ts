import { withAnnotations, withoutRoundTrip } from './annotations.ts';
import { defaultHpa } from './defaults.ts';
import type { ApiRules } from './gates.ts';
import type { HpaBehavior, HpaScalingRules, HpaSpec, HpaV2, MetricSpec } from './types.ts';

// pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go

const EMPTY_STATUS = { currentReplicas: 0, desiredReplicas: 0 };

/** A submitted HPA as it is validated and stored: defaulted, without status and without what gates switch off. */
export function prepareForCreate(hpa: HpaV2, rules: ApiRules): HpaV2 {
  const { spec } = defaultHpa(hpa);
  const metadata = ownMetadata(hpa, rules);
  return {
    ...hpa,
    metadata: rules.generation ? { ...metadata, generation: 1 } : metadata,
    spec: dropDisabled(spec, rules, undefined),
    status: EMPTY_STATUS,
  };
}

/**
 * A submitted update of `old`: defaulted, with the old status. The generation (1.37) goes up when the spec differs;
 * `sameSpec` tells it (quantities by value).
 */
export function prepareForUpdate(
  hpa: HpaV2,
  old: HpaV2,
  rules: ApiRules,
  sameSpec: (a: HpaSpec, b: HpaSpec) => boolean,
): HpaV2 {
  const { spec: given } = defaultHpa(hpa);
  const metadata = ownMetadata(hpa, rules);
  const spec = dropDisabled(given, rules, old.spec);
  const generation =
    rules.generation && !sameSpec(spec, old.spec) ? { generation: (old.metadata.generation ?? 0) + 1 } : {};
  return { ...hpa, metadata: { ...metadata, ...generation }, spec, status: old.status };
}

/** v2 objects lose the annotations of v1 conversions on the way in (pkg/apis/autoscaling/v2/conversion.go). */
function ownMetadata({ metadata }: HpaV2, rules: ApiRules): HpaV2['metadata'] {
  return withAnnotations(metadata, withoutRoundTrip(metadata.annotations, rules.quirks));
}

function dropDisabled(spec: HpaSpec, rules: ApiRules, old: HpaSpec | undefined): HpaSpec {
  const keepContainers = rules.containerMetrics || old?.metrics?.some((metric) => metric.containerResource) === true;
  const keepTolerance = rules.tolerance || toleranceInUse(old?.behavior);
  return {
    ...spec,
    ...(keepContainers || spec.metrics === undefined ? {} : { metrics: spec.metrics.map(withoutContainerResource) }),
    ...(keepTolerance || spec.behavior === undefined ? {} : { behavior: withoutTolerance(spec.behavior) }),
  };
}

function withoutContainerResource({ containerResource: _, ...metric }: MetricSpec): MetricSpec {
  return metric;
}

function toleranceInUse(behavior: HpaBehavior | undefined): boolean {
  return behavior?.scaleUp?.tolerance !== undefined || behavior?.scaleDown?.tolerance !== undefined;
}

function withoutTolerance({ scaleUp, scaleDown }: HpaBehavior): HpaBehavior {
  const strip = ({ tolerance: _, ...rules }: HpaScalingRules): HpaScalingRules => rules;
  return {
    ...(scaleUp === undefined ? {} : { scaleUp: strip(scaleUp) }),
    ...(scaleDown === undefined ? {} : { scaleDown: strip(scaleDown) }),
  };
}
