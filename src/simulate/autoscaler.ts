import type { DecisionRecord } from '../hpa/record.ts';
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
  sync(view: ClusterView): SyncOutcome;
}
