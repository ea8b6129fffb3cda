import type { HpaObjectMeta, HpaSpec, HpaStatus } from '../api/types.ts';
import type { HpaMemory } from '../memory.ts';
import type { MetricAnswer } from '../metrics/answers.ts';
import type { PodObject } from '../pods/from-object.ts';
import type { DecisionRecord } from '../record.ts';
import type { Platform } from '../rules.ts';

/** Flags of kube-controller-manager (--horizontal-pod-autoscaler-*). */
export interface ControllerFlags {
  /** -tolerance. */
  readonly tolerance: number;
  /** -downscale-stabilization. */
  readonly downscaleStabilizationMs: number;
  /** -cpu-initialization-period. */
  readonly cpuInitializationPeriodMs: number;
  /** -initial-readiness-delay. */
  readonly initialReadinessDelayMs: number;
}

/** The flags' defaults (pkg/controller/podautoscaler/config/v1alpha1/defaults.go). */
export const DEFAULT_FLAGS: ControllerFlags = {
  tolerance: 0.1,
  downscaleStabilizationMs: 300_000,
  cpuInitializationPeriodMs: 300_000,
  initialReadinessDelayMs: 30_000,
};

/** The HPA as the informer has it: spec after defaulting, times as RFC 3339. */
export interface HpaObject {
  readonly metadata: HpaObjectMeta;
  readonly spec: HpaSpec;
  readonly status: HpaStatus;
}

/** GET scale. `mappingError` = the kind is unknown to the REST mapper; `getError` = no mapping gave a scale. */
export type ScaleAnswer =
  | { readonly specReplicas: number; readonly statusReplicas: number; readonly selector: string }
  | { readonly mappingError: string }
  | { readonly getError: string };

/** Another HPA in the controller's selector store; null selects nothing yet. */
export interface RegisteredHpa {
  readonly namespace: string;
  readonly name: string;
  readonly selector: string | null;
}

/** An UPDATE scale that failed. */
export interface ScaleUpdateError {
  /** HTTP 409. */
  readonly conflict?: boolean;
  readonly message: string;
}

/** Everything that one cycle reads. */
export interface ReconcileInput {
  readonly platform: Platform;
  readonly flags: ControllerFlags;
  /** Milliseconds since 1970; one instant for the whole cycle. */
  readonly nowMs: number;
  readonly hpa: HpaObject;
  /** Not changed. */
  readonly memory: HpaMemory;
  /** Other HPAs that the controller knows; those of other namespaces are ignored. */
  readonly otherHpas: readonly RegisteredHpa[];
  readonly scale: ScaleAnswer;
  /** The informer's pods; those of other namespaces or not selected are ignored. */
  readonly pods: readonly PodObject[];
  /** Answers by index of spec.metrics; what is not asked for (see `metricQueries`) may be undefined. */
  readonly metrics: readonly (MetricAnswer | undefined)[];
  /** Whether to keep a decision record. */
  readonly record: boolean;
}

/** What the API servers answered to what the cycle wrote. */
export interface WriteAnswers {
  /** Of the 1st, 2nd, … UPDATE scale; after the last one updates succeed. */
  readonly scaleUpdateErrors: readonly ScaleUpdateError[];
  /** UPDATE status failed with this error; null = it succeeds. */
  readonly statusUpdateError: string | null;
}

export interface ControllerEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Everything that one cycle gives. */
export interface ReconcileOutput {
  /** What reconcileAutoscaler returns; null = no error. */
  readonly error: string | null;
  /** The controller crashed with this text (up to 1.28). Then nothing was written. */
  readonly panic: string | null;
  /** In order, before client-go aggregates them. */
  readonly events: readonly ControllerEvent[];
  /** Replica count of every UPDATE scale; the last took effect unless `rescaled` is false. */
  readonly scaleUpdates: readonly number[];
  readonly rescaled: boolean;
  /** An UPDATE status succeeded. */
  readonly statusWritten: boolean;
  /** The stored status after the cycle, as the v2 API gives it. */
  readonly status: HpaStatus;
  readonly memory: HpaMemory;
  readonly record: DecisionRecord | null;
}
