import type { DecisionRecord } from '../hpa/index.ts';
import type { MetricAnswer } from './metric-pipeline.ts';

/** The scale target as the HPA controller sees it at one sync. */
export interface ClusterView {
  /** Seconds from the start. */
  readonly time: number;
  /** spec.replicas of the scale. */
  readonly replicas: number;
  /** status.replicas of the scale. */
  readonly statusReplicas: number;
  readonly readyPods: number;
  readonly metric: MetricAnswer;
  /** CPU of the average pod over the last poll interval, in cores. */
  readonly cpu: MetricAnswer;
  /** The pods one by one; made when asked for. */
  pods(): readonly PodSnapshot[];
}

/** A pod that is not deleted. Times in seconds from the start. */
export interface PodSnapshot {
  readonly name: string;
  readonly created: number;
  /** Its process runs. */
  readonly running: boolean;
  readonly ready: boolean;
  readonly readyChanged: number;
}

/** One sync's outcome. */
export interface SyncOutcome {
  readonly desired: number;
  /** Why, in one line; empty when nothing was computed. */
  readonly reason: string;
  /** Every step with its numbers, where a record was asked for. */
  readonly record: DecisionRecord | null;
}

/** What decides about replicas: the twin, or in tests anything. It may keep state between syncs. */
export interface Autoscaler {
  readonly min: number;
  readonly max: number;
  /** Whether it looks at `cpu`. */
  readonly readsCpu: boolean;
  sync(view: ClusterView): SyncOutcome;
}
