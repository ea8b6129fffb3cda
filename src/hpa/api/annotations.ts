import type { Quirks } from '../quirks.ts';
import { type OldMetric, statusFromOld, statusToOld, specFromOld, specToOld } from './convert-metrics.ts';
import { decodeList, decodeStruct } from './decode.ts';
import { encodeStruct } from './encode.ts';
import { goJson, parseGoJson } from './go-json.ts';
import type { Struct } from './schema.ts';
import { INTERNAL_BEHAVIOR, V1_CONDITION, V1_METRICS } from './schema-v1.ts';
import type {
  HpaBehavior,
  HpaCondition,
  HpaObjectMeta,
  HpaScalingPolicy,
  HpaScalingRules,
  MetricSpec,
  MetricStatus,
} from './types.ts';

// What v1 has no fields for travels in annotations (pkg/apis/autoscaling/annotations.go, helpers.go).

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
export const METRICS_ANNOTATION: string = `${PREFIX}metrics`;
export const CURRENT_METRICS_ANNOTATION: string = `${PREFIX}current-metrics`;
export const CONDITIONS_ANNOTATION: string = `${PREFIX}conditions`;
export const BEHAVIOR_ANNOTATION: string = `${PREFIX}behavior`;
const TOLERANCE_ANNOTATIONS = [`${PREFIX}scale-down-tolerance`, `${PREFIX}scale-up-tolerance`];

export type Annotations = Readonly<Record<string, string>>;

/** The annotations without those that conversions write (DropRoundTripHorizontalPodAutoscalerAnnotations). */
export function withoutRoundTrip(annotations: Annotations | undefined, quirks: Quirks): Annotations {
  const dropped = new Set([
    METRICS_ANNOTATION,
    CURRENT_METRICS_ANNOTATION,
    CONDITIONS_ANNOTATION,
    BEHAVIOR_ANNOTATION,
    ...(quirks.toleranceAnnotationsKept ? [] : TOLERANCE_ANNOTATIONS),
  ]);
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !dropped.has(key)));
}

/** The metadata with other annotations. An empty map stays where there was one, as in Go; JSON does not show it. */
export function withAnnotations(meta: HpaObjectMeta, annotations: Annotations): HpaObjectMeta {
  if (meta.annotations === undefined && Object.keys(annotations).length === 0) return meta;
  return { ...meta, annotations };
}

/** The metrics annotation's text. */
export function encodeMetrics(metrics: readonly MetricSpec[], quirks: Quirks): string {
  return goJson(metrics.map((metric) => encodeStruct(specToOld(metric), V1_METRICS.source, quirks)));
}
export function encodeCurrentMetrics(metrics: readonly MetricStatus[], quirks: Quirks): string {
  return goJson(metrics.map((metric) => encodeStruct(statusToOld(metric), V1_METRICS.status, quirks)));
}
export function encodeConditions(conditions: readonly HpaCondition[], quirks: Quirks): string {
  return goJson(conditions.map((condition) => encodeStruct(condition, V1_CONDITION, quirks)));
}

/** A text as a list; undefined when it is not what upstream can read (it then ignores the annotation). */
function readList(text: string | undefined, of: Struct, quirks: Quirks): readonly unknown[] | undefined {
  if (text === undefined) return undefined;
  const json = parseGoJson(text);
  if (json === undefined) return undefined;
  const { value, problems } = decodeList(json, of, { quirks, anyCase: true });
  return problems.some(({ kind }) => kind === 'type') ? undefined : (value ?? []);
}

export function decodeMetrics(text: string | undefined, quirks: Quirks): readonly MetricSpec[] | undefined {
  const list = readList(text, V1_METRICS.source, quirks) as readonly OldMetric[] | undefined;
  return list?.map((metric) => specFromOld(metric, quirks.zeroObjectTargetKept));
}
export function decodeCurrentMetrics(text: string | undefined, quirks: Quirks): readonly MetricStatus[] | undefined {
  const list = readList(text, V1_METRICS.status, quirks) as readonly OldMetric[] | undefined;
  return list?.map(statusFromOld);
}
export function decodeConditions(text: string | undefined, quirks: Quirks): readonly HpaCondition[] | undefined {
  return readList(text, V1_CONDITION, quirks) as readonly HpaCondition[] | undefined;
}

interface InternalPolicy {
  readonly Type: string;
  readonly Value: number;
  readonly PeriodSeconds: number;
}
interface InternalRules {
  readonly StabilizationWindowSeconds?: number;
  readonly SelectPolicy?: string;
  readonly Policies?: readonly InternalPolicy[];
  readonly Tolerance?: string;
}
interface InternalBehavior {
  readonly ScaleUp?: InternalRules;
  readonly ScaleDown?: InternalRules;
}

/** The behavior annotation: upstream's internal type, with Go's field names as keys. */
export function encodeBehavior(behavior: HpaBehavior, quirks: Quirks): string {
  const { scaleUp, scaleDown } = behavior;
  const internal = { ScaleUp: scaleUp && toInternal(scaleUp), ScaleDown: scaleDown && toInternal(scaleDown) };
  return goJson(encodeStruct(internal, INTERNAL_BEHAVIOR, quirks));
}

function toInternal(rules: HpaScalingRules): unknown {
  return {
    StabilizationWindowSeconds: rules.stabilizationWindowSeconds,
    SelectPolicy: rules.selectPolicy,
    Policies: rules.policies?.map(({ type, value, periodSeconds }) => ({
      Type: type,
      Value: value,
      PeriodSeconds: periodSeconds,
    })),
    Tolerance: rules.tolerance,
  };
}

/** undefined when it cannot be read or names neither direction. */
export function decodeBehavior(text: string | undefined, quirks: Quirks): HpaBehavior | undefined {
  const json = text === undefined ? undefined : parseGoJson(text);
  if (json === undefined) return undefined;
  const { value, problems } = decodeStruct(json, INTERNAL_BEHAVIOR, { quirks, anyCase: true });
  const { ScaleUp, ScaleDown } = value as InternalBehavior;
  if (problems.some(({ kind }) => kind === 'type') || (ScaleUp === undefined && ScaleDown === undefined)) {
    return undefined;
  }
  return {
    ...(ScaleUp === undefined ? {} : { scaleUp: fromInternal(ScaleUp) }),
    ...(ScaleDown === undefined ? {} : { scaleDown: fromInternal(ScaleDown) }),
  };
}

function fromInternal(rules: InternalRules): HpaScalingRules {
  const policies = rules.Policies?.map(
    ({ Type, Value, PeriodSeconds }): HpaScalingPolicy => ({ type: Type, value: Value, periodSeconds: PeriodSeconds }),
  );
  return {
    ...(rules.StabilizationWindowSeconds === undefined
      ? {}
      : { stabilizationWindowSeconds: rules.StabilizationWindowSeconds }),
    ...(rules.SelectPolicy === undefined ? {} : { selectPolicy: rules.SelectPolicy }),
    ...(policies === undefined ? {} : { policies }),
    ...(rules.Tolerance === undefined ? {} : { tolerance: rules.Tolerance }),
  };
}
