import { z } from 'zod';
import type { ObjectMeta } from '../contracts/kube-client.ts';
import { Meta } from './objects.ts';

// The parts of autoscaling/v2 that the lab reads. Names exactly as in the API; quantities stay texts.

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}
export interface CrossVersionObjectReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}
export interface MetricValue {
  readonly value?: string;
  readonly averageValue?: string;
  /** Percent. */
  readonly averageUtilization?: number;
}
export interface MetricTarget extends MetricValue {
  readonly type: string;
}
/** One entry of spec.metrics; the field named after `type` in camel case is set. */
export interface MetricSpec {
  readonly type: string;
  readonly resource?: { readonly name: string; readonly target: MetricTarget };
  readonly containerResource?: { readonly name: string; readonly container: string; readonly target: MetricTarget };
  readonly pods?: { readonly metric: MetricIdentifier; readonly target: MetricTarget };
  readonly object?: {
    readonly describedObject: CrossVersionObjectReference;
    readonly metric: MetricIdentifier;
    readonly target: MetricTarget;
  };
  readonly external?: { readonly metric: MetricIdentifier; readonly target: MetricTarget };
}
export interface MetricIdentifier {
  readonly name: string;
  readonly selector?: LabelSelector;
}
/** One slot of status.currentMetrics; a metric that failed in the last sync has `type: ''` and nothing else. */
export interface MetricStatus {
  readonly type: string;
  readonly resource?: { readonly current: MetricValue };
  readonly containerResource?: { readonly current: MetricValue };
  readonly pods?: { readonly current: MetricValue };
  readonly object?: { readonly current: MetricValue };
  readonly external?: { readonly current: MetricValue };
}
export interface HpaCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime?: string;
}
export interface Hpa {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly scaleTargetRef: CrossVersionObjectReference;
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics: readonly MetricSpec[];
    readonly behavior?: {
      readonly scaleUp?: { readonly tolerance?: string };
      readonly scaleDown?: { readonly tolerance?: string };
    };
  };
  readonly status: {
    /** Absent in the API at 0 (omitempty) and before the first sync. */
    readonly currentReplicas: number;
    readonly desiredReplicas: number;
    readonly lastScaleTime?: string;
    readonly currentMetrics: readonly MetricStatus[];
    readonly conditions: readonly HpaCondition[];
  };
}

const text = z.string().exactOptional();
const Selector: z.ZodType<LabelSelector> = z.object({
  matchLabels: z.record(z.string(), z.string()).exactOptional(),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).exactOptional() }))
    .exactOptional(),
});
const Reference = z.object({ apiVersion: text, kind: z.string(), name: z.string() });
const Identifier = z.object({ name: z.string(), selector: Selector.exactOptional() });
const Value = z.object({ value: text, averageValue: text, averageUtilization: z.number().exactOptional() });
const Target = Value.extend({ type: z.string().default('') });
const Spec: z.ZodType<MetricSpec> = z.object({
  type: z.string(),
  resource: z.object({ name: z.string(), target: Target }).exactOptional(),
  containerResource: z.object({ name: z.string(), container: z.string(), target: Target }).exactOptional(),
  pods: z.object({ metric: Identifier, target: Target }).exactOptional(),
  object: z.object({ describedObject: Reference, metric: Identifier, target: Target }).exactOptional(),
  external: z.object({ metric: Identifier, target: Target }).exactOptional(),
});
const Current = z.object({ current: Value.default({}) }).exactOptional();
const Status: z.ZodType<MetricStatus> = z.object({
  type: z.string().default(''),
  resource: Current,
  containerResource: Current,
  pods: Current,
  object: Current,
  external: Current,
});
const Condition: z.ZodType<HpaCondition> = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTransitionTime: text,
});
const Tolerance = z.object({ tolerance: text }).exactOptional();
const listOf = <T>(item: z.ZodType<T>) => z.preprocess((value) => value ?? [], z.array(item));
const count = z.number().int().default(0);

/** An HPA as autoscaling/v2 serves it; the empty status of a new one reads as zeros and empty lists. */
export const HpaSchema: z.ZodType<Hpa> = z.object({
  metadata: Meta,
  spec: z.object({
    scaleTargetRef: Reference,
    minReplicas: z.number().int().exactOptional(),
    maxReplicas: z.number().int(),
    metrics: listOf(Spec),
    behavior: z.object({ scaleUp: Tolerance, scaleDown: Tolerance }).exactOptional(),
  }),
  status: z.preprocess(
    (value) => value ?? {},
    z.object({
      currentReplicas: count,
      desiredReplicas: count,
      lastScaleTime: text,
      currentMetrics: listOf(Status),
      conditions: listOf(Condition),
    }),
  ),
});
