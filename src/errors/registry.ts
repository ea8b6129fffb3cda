import type { ErrorEntry } from './entry.ts';
import { CLUSTER_ERRORS, type ClusterErrorId } from './registry/cluster.ts';
import { CONTAINER_ERRORS, type ContainerErrorId } from './registry/containers.ts';
import { DRILL_ERRORS, type DrillErrorId } from './registry/drill.ts';
import { EXPLAIN_ERRORS, type ExplainErrorId } from './registry/explain.ts';
import { KUBE_ERRORS, type KubeErrorId } from './registry/kube.ts';
import { LOAD_ERRORS, type LoadErrorId } from './registry/load.ts';
import { METRICS_ERRORS, type MetricsErrorId } from './registry/metrics.ts';
import { NODE_ERRORS, type NodeErrorId } from './registry/node.ts';
import { QUEUE_ERRORS, type QueueErrorId } from './registry/queue.ts';
import { SCENARIO_ERRORS, type ScenarioErrorId } from './registry/scenario.ts';
import { SIMULATE_ERRORS, type SimulateErrorId } from './registry/simulate.ts';
import { STATE_ERRORS, type StateErrorId } from './registry/state.ts';
import { USAGE_ERRORS, type UsageErrorId } from './registry/usage.ts';
import { WATCH_ERRORS, type WatchErrorId } from './registry/watch.ts';

export type ErrorId =
  | UsageErrorId
  | StateErrorId
  | ClusterErrorId
  | ContainerErrorId
  | KubeErrorId
  | NodeErrorId
  | QueueErrorId
  | MetricsErrorId
  | WatchErrorId
  | SimulateErrorId
  | ExplainErrorId
  | DrillErrorId
  | ScenarioErrorId
  | LoadErrorId;

/** Every error the program can raise, by ID. IDs are append-only (a test compares with docs/errors.released.txt). */
export const REGISTRY: Readonly<Record<ErrorId, ErrorEntry>> = {
  ...USAGE_ERRORS,
  ...STATE_ERRORS,
  ...CLUSTER_ERRORS,
  ...CONTAINER_ERRORS,
  ...KUBE_ERRORS,
  ...NODE_ERRORS,
  ...QUEUE_ERRORS,
  ...METRICS_ERRORS,
  ...WATCH_ERRORS,
  ...SIMULATE_ERRORS,
  ...EXPLAIN_ERRORS,
  ...DRILL_ERRORS,
  ...SCENARIO_ERRORS,
  ...LOAD_ERRORS,
};

export function isErrorId(text: string): text is ErrorId {
  return Object.hasOwn(REGISTRY, text);
}
