// autoscaling/v2 as plain data, field names to the letter (k8s.io/api/autoscaling/v2/types.go, 1.37).
//
// A field is optional where Go has a pointer or a list; where Go has a plain value it is always there, with Go's zero value
// ('' or 0) when the sender left it out, because that is what upstream's code sees. Quantities are texts as they were sent
// or printed; ../quantity parses them. Times are RFC 3339 UTC texts of whole seconds.

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface CrossVersionObjectReference {
  readonly kind: string;
  readonly name: string;
  /** Absent and '' mean the same. */
  readonly apiVersion?: string;
}

export interface MetricIdentifier {
  readonly name: string;
  readonly selector?: LabelSelector;
}

export interface MetricTarget {
  /** Utilization, Value or AverageValue in a valid object; upstream does not check it against the field that is set. */
  readonly type: string;
  readonly value?: string;
  readonly averageValue?: string;
  /** Percent. */
  readonly averageUtilization?: number;
}

export interface ObjectMetricSource {
  readonly describedObject: CrossVersionObjectReference;
  readonly target: MetricTarget;
  readonly metric: MetricIdentifier;
}
export interface PodsMetricSource {
  readonly metric: MetricIdentifier;
  readonly target: MetricTarget;
}
export interface ResourceMetricSource {
  readonly name: string;
  readonly target: MetricTarget;
}
export interface ContainerResourceMetricSource {
  readonly name: string;
  readonly target: MetricTarget;
  readonly container: string;
}
export interface ExternalMetricSource {
  readonly metric: MetricIdentifier;
  readonly target: MetricTarget;
}

/** One entry of spec.metrics; in a valid object exactly the field named after `type` is set. */
export interface MetricSpec {
  readonly type: string;
  readonly object?: ObjectMetricSource;
  readonly pods?: PodsMetricSource;
  readonly resource?: ResourceMetricSource;
  readonly containerResource?: ContainerResourceMetricSource;
  readonly external?: ExternalMetricSource;
}

export interface HpaScalingPolicy {
  /** Pods or Percent in a valid object. */
  readonly type: string;
  readonly value: number;
  readonly periodSeconds: number;
}
export interface HpaScalingRules {
  /** Seconds. Stays absent for scaleDown on purpose: then the controller's flag holds. */
  readonly stabilizationWindowSeconds?: number;
  /** Max, Min or Disabled in a valid object. */
  readonly selectPolicy?: string;
  readonly policies?: readonly HpaScalingPolicy[];
  /** Quantity, 1.33 and later. */
  readonly tolerance?: string;
}
export interface HpaBehavior {
  readonly scaleUp?: HpaScalingRules;
  readonly scaleDown?: HpaScalingRules;
}

export interface HpaSpec {
  readonly scaleTargetRef: CrossVersionObjectReference;
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  readonly metrics?: readonly MetricSpec[];
  readonly behavior?: HpaBehavior;
}

export interface MetricValueStatus {
  readonly value?: string;
  readonly averageValue?: string;
  /** Percent. */
  readonly averageUtilization?: number;
}
export interface ObjectMetricStatus {
  readonly metric: MetricIdentifier;
  readonly current: MetricValueStatus;
  readonly describedObject: CrossVersionObjectReference;
}
export interface PodsMetricStatus {
  readonly metric: MetricIdentifier;
  readonly current: MetricValueStatus;
}
export interface ResourceMetricStatus {
  readonly name: string;
  readonly current: MetricValueStatus;
}
export interface ContainerResourceMetricStatus {
  readonly name: string;
  readonly current: MetricValueStatus;
  readonly container: string;
}
export interface ExternalMetricStatus {
  readonly metric: MetricIdentifier;
  readonly current: MetricValueStatus;
}

/** One slot of status.currentMetrics; a metric that failed in the last sync is `{type: ''}` and nothing else. */
export interface MetricStatus {
  readonly type: string;
  readonly object?: ObjectMetricStatus;
  readonly pods?: PodsMetricStatus;
  readonly resource?: ResourceMetricStatus;
  readonly containerResource?: ContainerResourceMetricStatus;
  readonly external?: ExternalMetricStatus;
}

export interface HpaCondition {
  readonly type: string;
  readonly status: string;
  /** RFC 3339 UTC; absent = Go's zero time (printed as null). */
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
  /** 1.37 and later; no upstream code sets it. */
  readonly observedGeneration?: number;
}

export interface HpaStatus {
  readonly observedGeneration?: number;
  readonly lastScaleTime?: string;
  /** Left out of the JSON when 0. */
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  /** null and absent are Go's nil list: not computed in the last sync. */
  readonly currentMetrics?: readonly MetricStatus[] | null;
  readonly conditions?: readonly HpaCondition[];
}

/** The parts of ObjectMeta that the rules here read; whatever else the sender put there is kept as it is. */
export interface HpaObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly generation?: number;
  /** RFC 3339. null or absent: never stored. */
  readonly creationTimestamp?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

/** A HorizontalPodAutoscaler of autoscaling/v2. */
export interface HpaV2 {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: HpaObjectMeta;
  readonly spec: HpaSpec;
  readonly status: HpaStatus;
}

/** autoscaling/v1 (k8s.io/api/autoscaling/v1/types.go): everything but a cpu target lives in annotations. */
export interface HpaSpecV1 {
  readonly scaleTargetRef: CrossVersionObjectReference;
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  readonly targetCPUUtilizationPercentage?: number;
}
export interface HpaStatusV1 {
  readonly observedGeneration?: number;
  readonly lastScaleTime?: string;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  readonly currentCPUUtilizationPercentage?: number;
}
export interface HpaV1 {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: HpaObjectMeta;
  readonly spec: HpaSpecV1;
  readonly status: HpaStatusV1;
}
