import type { Selector } from '../kube/label-selector.ts';

type Awaitable<T> = T | Promise<T>;

/** A resource of the cluster as discovery describes it. Group `''` is the core group. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  /** Plural, lower case. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface ExternalMetricValue {
  readonly labels: Readonly<Record<string, string>>;
  /** A Kubernetes quantity, as it shall stand in the answer. */
  readonly value: string;
  /** Milliseconds since the epoch at which the value was true. */
  readonly timestampMs: number;
  readonly windowSeconds?: number;
}

export interface ExternalQuery {
  readonly namespace: string;
  readonly metric: string;
  /** Of the series. */
  readonly selector: Selector;
}

/** Values of `external.metrics.k8s.io` (upstream's provider.ExternalMetricsProvider). */
export interface ExternalMetricsProvider {
  /** Every series that matches; empty for an unknown metric. An error becomes the answer's message: 503 for ML-METRIC-*, else 500. */
  getExternalMetric(query: ExternalQuery): Awaitable<readonly ExternalMetricValue[]>;
  /** Names for discovery. */
  listAllExternalMetrics(): readonly string[];
}

export interface CustomMetricValue {
  /** The described object. */
  readonly name: string;
  /** A Kubernetes quantity, as it shall stand in the answer. */
  readonly value: string;
  readonly timestampMs: number;
  readonly windowSeconds?: number;
}

export interface CustomMetric {
  /** Which kind of object the metric describes. */
  readonly resource: ResourceKind;
  readonly metric: string;
}

export interface CustomQuery extends CustomMetric {
  /** Undefined: root-scoped, or the metric describes namespaces themselves. */
  readonly namespace: string | undefined;
  /** Of the metric's own labels. */
  readonly metricSelector: Selector;
}

export interface CustomSelectorQuery extends CustomQuery {
  /** Names of the cluster's objects that the query means. */
  readonly names: readonly string[];
}

/** Values of `custom.metrics.k8s.io` (upstream's provider.CustomMetricsProvider). */
export interface CustomMetricsProvider {
  /** The value of one object, which need not exist. Undefined (none) and `other-labels` (the selector does not match) become 404s. */
  getMetricByName(
    query: CustomQuery & { readonly name: string },
  ): Awaitable<CustomMetricValue | 'other-labels' | undefined>;
  /** Values of those of `names` that have one. */
  getMetricBySelector(query: CustomSelectorQuery): Awaitable<readonly CustomMetricValue[]>;
  /** Metrics for discovery. */
  listAllMetrics(): readonly CustomMetric[];
  /** Changes with every value: equal questions are then answered from memory. Without it every question is asked. */
  readonly revision?: number | undefined;
}
