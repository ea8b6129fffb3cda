import { distinctErrors, type FieldError, forbidden, invalid, numeric, required } from './field-error.ts';
import type { FieldPath } from './field-path.ts';
import type { ApiRules } from './gates.ts';
import type { HpaSpec, HpaV2 } from './types.ts';
import { validateBehavior } from './validate-behavior.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './validate-meta.ts';
import { validateMetrics } from './validate-metrics.ts';
import { type ApiVersionRule, apiVersionFault, validateReference } from './validate-reference.ts';

// pkg/apis/autoscaling/validation/validation.go and the options of pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go.

/**
 * Everything that is wrong with a new HPA, or with an update of `old`, in upstream's order. The HPA is defaulted and went
 * through `prepareForCreate` or `prepareForUpdate`.
 */
export function validateHpa(hpa: HpaV2, rules: ApiRules, old?: HpaV2): readonly FieldError[] {
  const meta =
    old === undefined
      ? validateObjectMeta(hpa.metadata, rules.quirks)
      : validateObjectMetaUpdate(hpa.metadata, old.metadata, rules.quirks);
  const { spec } = hpa;
  const replicas = replicaErrors(spec, rules, old?.spec);
  const handwritten = [
    ...meta,
    ...replicas.first,
    ...orderErrors(spec),
    ...validateReference(spec.scaleTargetRef, ['spec', 'scaleTargetRef'], targetRule(spec, rules, old?.spec)),
    ...metricErrors(spec, rules, old?.spec),
    ...validateBehavior(spec.behavior, ['spec', 'behavior']),
  ];
  if (!rules.quirks.declarativeReplicas) return handwritten;
  // Where declarative validation is merged in, errors that read the same are one (field.ErrorList.Filter).
  return [...distinctErrors(handwritten, rules.quirks), ...replicas.last];
}

/** What is wrong with a written status (ValidateHorizontalPodAutoscalerStatusUpdate). */
export function validateHpaStatus({ status }: HpaV2): readonly FieldError[] {
  const negative = (path: FieldPath, value: number): readonly FieldError[] =>
    value < 0 ? [invalid(path, numeric(value), 'must be greater than or equal to 0')] : [];
  return [
    ...negative(['status', 'currentReplicas'], status.currentReplicas),
    ...negative(['status', 'desiredReplicas'], status.desiredReplicas),
    ...(status.conditions ?? []).flatMap(({ observedGeneration = 0 }, index) =>
      negative(['status', 'conditions', index, 'observedGeneration'], observedGeneration),
    ),
  ];
}

interface ReplicaErrors {
  readonly first: readonly FieldError[];
  readonly last: readonly FieldError[];
}

/** Errors of minReplicas and maxReplicas alone, and whether they come first or (declarative validation) last. */
function replicaErrors(spec: HpaSpec, rules: ApiRules, old: HpaSpec | undefined): ReplicaErrors {
  const declarative = rules.quirks.declarativeReplicas;
  const lowest = rules.scaleToZero || old?.minReplicas === 0 ? 0 : 1;
  const min =
    spec.minReplicas !== undefined && spec.minReplicas < lowest
      ? invalid(['spec', 'minReplicas'], numeric(spec.minReplicas), `must be greater than or equal to ${lowest}`)
      : undefined;
  const max = maxReplicasError(spec.maxReplicas, rules, declarative && old?.maxReplicas !== spec.maxReplicas);
  // Declarative validation does not look at what an update leaves alone; then the handwritten error stays.
  const minLast = declarative && (old === undefined || old.minReplicas !== spec.minReplicas);
  const maxLast = declarative && (old === undefined || old.maxReplicas !== spec.maxReplicas);
  const pick = (last: boolean): FieldError[] => [
    ...(min !== undefined && minLast === last ? [min] : []),
    ...(max !== undefined && maxLast === last ? [max] : []),
  ];
  return { first: pick(false), last: pick(true) };
}

function maxReplicasError(max: number, rules: ApiRules, declarative: boolean): FieldError | undefined {
  const path = ['spec', 'maxReplicas'];
  if (max > 0) return undefined;
  if (rules.quirks.maxReplicasOneText) return invalid(path, numeric(max), 'must be greater than 0');
  if (max === 0) return required(path, declarative ? '' : 'must be set and greater than 0');
  return invalid(path, numeric(max), 'must be greater than or equal to 1');
}

function orderErrors({ minReplicas, maxReplicas }: HpaSpec): readonly FieldError[] {
  if (minReplicas === undefined || maxReplicas >= minReplicas) return [];
  return [invalid(['spec', 'maxReplicas'], numeric(maxReplicas), 'must be greater than or equal to `minReplicas`')];
}

function targetRule(spec: HpaSpec, rules: ApiRules, old: HpaSpec | undefined): ApiVersionRule {
  if (!rules.quirks.apiVersionChecked) return 'ignored';
  const { kind, apiVersion = '' } = spec.scaleTargetRef;
  const before = old?.scaleTargetRef;
  if (before !== undefined && before.kind === kind && (before.apiVersion ?? '') === apiVersion) return 'ignored';
  return kind === 'ReplicationController' ? 'parses' : 'has a group';
}

function metricErrors(spec: HpaSpec, rules: ApiRules, old: HpaSpec | undefined): readonly FieldError[] {
  const { metrics = [] } = spec;
  const path = ['spec', 'metrics'];
  const zero = spec.minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External');
  const text = 'must specify at least one Object or External metric to support scaling to zero replicas';
  const errors = validateMetrics(metrics, path, {
    quirks: rules.quirks,
    describedObject: describedObjectRule(rules, old),
    containerMetricsOff: !rules.containerMetrics,
  });
  return zero ? [...errors, forbidden(path, text)] : errors;
}

function describedObjectRule(rules: ApiRules, old: HpaSpec | undefined): ApiVersionRule {
  if (!rules.quirks.apiVersionChecked) return 'ignored';
  const alreadyBad = old?.metrics?.some(
    ({ type, object }) =>
      type === 'Object' &&
      object !== undefined &&
      apiVersionFault(object.describedObject.apiVersion ?? '', 'parses') !== undefined,
  );
  return alreadyBad === true ? 'ignored' : 'parses';
}
