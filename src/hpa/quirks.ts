// Behaviours that differ between the Kubernetes versions 1.26 to 1.37, one row each. Code asks `quirks.<name>`, never a
// version number, so that this table is the whole answer to "what changed when".

/** Where the controller runs: decides what Go makes of a float that does not fit into an integer. */
export type Arch = 'amd64' | 'arm64';

export interface QuirkRow {
  /** Present from this minor version on (1.x); absent = from the oldest known. */
  readonly from?: number;
  /** Present up to and including this minor version; absent = still present in the newest known. */
  readonly until?: number;
  /** What it is, in one sentence. */
  readonly what: string;
  /** The upstream change, pull request or file. */
  readonly link: string;
}

/** Add rows at the end of the group they belong to; a name says what is true while the row holds. */
export const QUIRK_ROWS = {
  // API: defaults, validation, conversion
  toleranceField: {
    from: 33,
    what: 'behavior.scaleUp and scaleDown have a tolerance; before, the field is dropped as unknown',
    link: 'https://github.com/kubernetes/kubernetes/pull/130797',
  },
  conditionObservedGeneration: {
    from: 37,
    what: 'status.conditions[] has observedGeneration',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.37.1/staging/src/k8s.io/api/autoscaling/v2/types.go',
  },
  quantityErrorsAsGoStruct: {
    until: 33,
    what: 'a field error prints a bad quantity as the Go struct, not as its text',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go',
  },
  maxReplicasOneText: {
    until: 35,
    what: 'A maxReplicas of 0 or less reads "must be greater than 0"; later 0 is a missing value.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/autoscaling/validation/validation.go',
  },
  declarativeReplicas: {
    from: 37,
    what: 'Errors of minReplicas and maxReplicas come from declarative validation, after all others.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.37.0/pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go',
  },
  apiVersionChecked: {
    from: 34,
    what: 'scaleTargetRef.apiVersion must parse and have a group, describedObject.apiVersion must parse.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/apis/autoscaling/validation/validation.go',
  },
  dropsContainerSources: {
    until: 29,
    what: 'Gate HPAContainerMetrics off: creating drops containerResource sources.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.29.0/pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go',
  },
  dotsInLabelText: {
    from: 27,
    what: 'A DNS label that would be a DNS subdomain reads "must not contain dots".',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.27.0/staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go',
  },
  tooLongHaveText: {
    until: 31,
    what: 'Too long values read "must have at most N bytes", later "may not be more than N bytes".',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.32.0/staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go',
  },
  resourceNameAsJson: {
    from: 37,
    what: 'A malformed resource name is printed as JSON in its error.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.37.0/pkg/apis/core/validation/validation.go',
  },
  ownerNotIndexed: {
    until: 36,
    what: 'Errors of owner references name the list, not the entry.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.37.0/staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go',
  },
  zeroObjectTargetKept: {
    until: 35,
    what: 'v1 to v2: an Object metric with averageValue keeps a targetValue of 0, which then fails validation.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/autoscaling/v1/conversion.go',
  },
  toleranceAnnotationsKept: {
    until: 32,
    what: 'Conversion leaves the annotations scale-up-tolerance and scale-down-tolerance where they are.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/apis/autoscaling/helpers.go',
  },
  nullCreationTimestamp: {
    until: 33,
    what: 'Objects that were never stored print creationTimestamp null.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go',
  },
  // Rendering: kubectl get (server side) and describe (the client of the same version)
  resourceNameInTargets: {
    from: 30,
    what: 'TARGETS of kubectl get names the resource: "cpu: 55%/80%".',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.30.0/pkg/printers/internalversion/printers.go',
  },
  describesV1: {
    until: 26,
    what: 'kubectl describe asks for v2beta2, which is gone, and then describes the v1 object.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.26.0/staging/src/k8s.io/kubectl/pkg/describe/describe.go',
  },
  eventFieldPath: {
    from: 35,
    what: 'kubectl describe puts the field path of the involved object before the message of an event.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/kubectl/pkg/describe/describe.go',
  },
  // Controller: replica calculator, reconcile, queue
  symmetricTolerance: {
    until: 32,
    what: 'Tolerance is |1 - ratio| <= t, so that 1.1 is outside of 0.1, and NaN counts as within for per-pod targets.',
    link: 'https://github.com/kubernetes/kubernetes/pull/130797',
  },
  configurableTolerance: {
    from: 33,
    what: 'behavior.scaleUp/scaleDown.tolerance replaces the flag (gate HPAConfigurableTolerance).',
    link: 'https://github.com/kubernetes/kubernetes/pull/130797',
  },
  plainRatioOneZeroesMissing: {
    until: 27,
    what: 'AverageValue of pods: at a ratio of exactly 1, pods without a metric count as 0 and the workload scales down.',
    link: 'https://github.com/kubernetes/kubernetes/pull/117845',
  },
  anyReadyPodsText: {
    until: 26,
    what: 'Without any usable metric the error says "did not receive metrics for any ready pods".',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.27.0/pkg/controller/podautoscaler/replica_calculator.go',
  },
  restartableInitRequests: {
    from: 29,
    what: 'Requests include restartable init containers (sidecars).',
    link: 'https://github.com/kubernetes/kubernetes/pull/120001',
  },
  podLevelRequests: {
    from: 34,
    what: 'Pod-level requests replace the sum of the containers (gate PodLevelResources).',
    link: 'https://github.com/kubernetes/kubernetes/pull/132430',
  },
  containerRequestMustExist: {
    from: 35,
    what: 'A ContainerResource container that a pod does not have is an error; before, its request counted as 0.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/controller/podautoscaler/replica_calculator.go',
  },
  containerMetricMustExist: {
    until: 32,
    what: 'One pod whose metrics lack the ContainerResource container fails the whole metric.',
    link: 'https://github.com/kubernetes/kubernetes/pull/127193',
  },
  externalAverageCap: {
    from: 34,
    what: 'External AverageValue: a negative running sum reads as MaxInt64, replicas and usage are capped.',
    link: 'https://github.com/kubernetes/kubernetes/pull/127050',
  },
  usageRatioCap: {
    from: 35,
    what: 'Value targets: a proposal beyond int32 is capped instead of wrapping on amd64.',
    link: 'https://github.com/kubernetes/kubernetes/pull/126979',
  },
  externalSumCap: {
    from: 35,
    what: 'External Value: a sum beyond int64 is capped instead of wrapping.',
    link: 'https://github.com/kubernetes/kubernetes/pull/133888',
  },
  perPodCapMissing: {
    what: 'Pods, Resource, Object AverageValue, Value at zero replicas and Percent policies: a proposal beyond int32 becomes MinInt32 on amd64, MaxInt32 on arm64.',
    link: 'https://github.com/kubernetes/kubernetes/pull/141397',
  },
  objectErrorOrder: {
    until: 36,
    what: 'The error of an Object metric prints its words in the wrong order: "unable to get metric m: Kind on ns name/<error>".',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.37.0/pkg/controller/podautoscaler/replica_calculator.go',
  },
  zeroStatusDivision: {
    what: 'AverageValue with zero status replicas divides by zero: the status shows -9223372036854775808m (amd64), 0 or 9223372036854775807m (arm64).',
    link: 'https://github.com/kubernetes/kubernetes/pull/140958',
  },
  objectTypeMismatchPanics: {
    until: 28,
    what: 'An Object metric whose target.type does not match the field that is set crashes the controller (later patch releases of 1.27 and 1.28 have the fix).',
    link: 'https://github.com/kubernetes/kubernetes/pull/121015',
  },
  objectStatusWithoutDescribedObject: {
    until: 32,
    what: 'The status of an Object AverageValue metric has an empty describedObject.',
    link: 'https://github.com/kubernetes/kubernetes/pull/124555',
  },
  binaryMemoryStatus: {
    from: 34,
    what: 'The status of a memory metric is printed with Ki/Mi/Gi.',
    link: 'https://github.com/kubernetes/kubernetes/pull/132351',
  },
  containerResourceText: {
    from: 27,
    what: 'ContainerResource utilization is called "container resource utilization" in conditions and reasons.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.27.0/pkg/controller/podautoscaler/horizontal.go',
  },
  containerMetricsGateCheck: {
    from: 27,
    until: 29,
    what: 'With gate HPAContainerMetrics off the controller refuses ContainerResource metrics.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.27.0/pkg/controller/podautoscaler/horizontal.go',
  },
  partialFailureReturnsError: {
    from: 27,
    what: 'When some metrics fail but scaling goes on, the cycle still ends with an error (retries and metrics of the controller see it).',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.27.0/pkg/controller/podautoscaler/horizontal.go',
  },
  frozenMetricsOnFailure: {
    until: 28,
    what: 'A failed cycle keeps the old currentMetrics, so TARGETS shows a frozen number.',
    link: 'https://github.com/kubernetes/kubernetes/pull/121039',
  },
  errorTextAsFormat: {
    until: 31,
    what: 'Error texts are used as printf formats: a "%" in them is mangled in the condition.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.32.0/pkg/controller/podautoscaler/horizontal.go',
  },
  zeroNeedsCondition: {
    from: 36,
    what: 'At zero replicas metrics are only computed when the condition ScaledToZero says that the controller scaled to zero (gate HPAScaleToZero); before, whenever minReplicas is 0.',
    link: 'https://github.com/kubernetes/kubernetes/pull/135118',
  },
  scaleUpdateRetries: {
    from: 34,
    what: 'A conflict of the scale update is retried, five tries in all.',
    link: 'https://github.com/kubernetes/kubernetes/pull/132007',
  },
  ambiguousListsAll: {
    until: 36,
    what: 'The AmbiguousSelector text lists all HPAs ("controlled by multiple HPAs"); 1.37 says "more than one HPA (e.g. …)".',
    link: 'https://github.com/kubernetes/kubernetes/pull/139142',
  },
  unregisteredHpaFails: {
    from: 37,
    what: 'An HPA that was deleted during its cycle ends it with an error; before, the cycle just went on.',
    link: 'https://github.com/kubernetes/kubernetes/pull/139142',
  },
  labelKeyTexts: {
    from: 35,
    what: 'Errors of label keys say "a valid label key" and count bytes; before, "a qualified name" and characters.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apimachinery/pkg/api/validate/content/kube.go',
  },
  selectorSkipsDoubleComma: {
    until: 34,
    what: 'The selector parser swallows the second of two commas in a value list, so that "a in (b,,)" is an error.',
    link: 'https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apimachinery/pkg/labels/selector.go',
  },
  observedGeneration: {
    from: 37,
    what: 'status.observedGeneration is set (gate HPAGeneration); before, an old value was dropped.',
    link: 'https://github.com/kubernetes/kubernetes/pull/138228',
  },
  immediateEnqueue: {
    from: 37,
    what: 'A new HPA, and a changed spec with gate HPAGeneration, are reconciled at once instead of after one sync period.',
    link: 'https://github.com/kubernetes/kubernetes/pull/138294',
  },
} as const;

export type QuirkName = keyof typeof QUIRK_ROWS;

/** Which quirks hold in one version. */
export type Quirks = Readonly<Record<QuirkName, boolean>>;

export const OLDEST_MINOR = 26;
export const NEWEST_MINOR = 37;

const cache = new Map<number, Quirks>();

/** The quirks of Kubernetes 1.`minor`. Versions outside 26..37 get the rows that hold by their numbers. */
export function quirksOf(minor: number): Quirks {
  const known = cache.get(minor);
  if (known !== undefined) return known;
  const entries = Object.entries<QuirkRow>(QUIRK_ROWS).map(([name, row]): [string, boolean] => [
    name,
    minor >= (row.from ?? minor) && minor <= (row.until ?? minor),
  ]);
  const quirks = Object.fromEntries(entries) as Quirks;
  cache.set(minor, quirks);
  return quirks;
}
