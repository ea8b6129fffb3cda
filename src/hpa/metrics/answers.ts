import { add64, type Int64 } from '../go-numbers.ts';
import { readMilli } from '../milli.ts';
import type { Answer, PodMetric, PodMetrics } from '../replicas/context.ts';
import type { Rules } from '../rules.ts';
import { parseDuration, timeOrZero } from '../time.ts';

/** One pod of metrics.k8s.io. */
export interface ResourceItem {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly timestamp: string;
  /** Go duration ("30s"). */
  readonly window: string;
  readonly containers?: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

/** One value of custom.metrics.k8s.io. */
export interface CustomItem {
  readonly describedObject: { readonly name: string };
  readonly timestamp: string;
  readonly windowSeconds?: number | null;
  readonly value: string;
}

/** One value of external.metrics.k8s.io. */
export interface ExternalItem {
  readonly value: string;
}

/** The raw error of the client, or the items of the answer. */
export type ApiAnswer<Item> = { readonly error: string } | { readonly items: readonly Item[] };

/** What the metrics API said for one entry of spec.metrics. */
export type MetricAnswer =
  | { readonly resource: ApiAnswer<ResourceItem> }
  | { readonly custom: ApiAnswer<CustomItem> }
  | { readonly external: ApiAnswer<ExternalItem> };

/** metrics/client.go metricServerDefaultMetricWindow, for custom metrics without a window. */
const DEFAULT_WINDOW_MS = 60_000;

const RESOURCE_API = 'resource metrics API';
const CUSTOM_API = 'custom metrics API';
const EXTERNAL_API = 'external metrics API';

const fetchError = (api: string, error: string): { readonly error: string } => ({
  error: `unable to fetch metrics from ${api}: ${error}`,
});
const noMetrics = (api: string): { readonly error: string } => ({ error: `no metrics returned from ${api}` });

function podMetric(item: ResourceItem, value: Int64): PodMetric {
  return { value, timestampMs: timeOrZero(item.timestamp), windowMs: parseDuration(item.window) ?? 0 };
}

/** Usage of a whole pod; null when a container lacks the resource or there is none. metrics/client.go getPodMetrics. */
function podUsage(item: ResourceItem, resource: string): Answer<Int64> | null {
  const containers = item.containers ?? [];
  let sum: Int64 = 0;
  for (const { usage } of containers) {
    const text = usage[resource];
    if (text === undefined) return null;
    const milli = readMilli(text);
    if (typeof milli === 'object') return milli;
    sum = add64(sum, milli);
  }
  return containers.length === 0 ? null : { ok: sum };
}

/** Usage of one container. metrics/client.go getContainerMetrics; up to 1.32 an absent container fails the metric. */
function containerUsage(item: ResourceItem, resource: string, container: string, rules: Rules): Answer<Int64> | null {
  const found = item.containers?.find(({ name }) => name === container);
  if (found === undefined) {
    if (!rules.containerMetricMustExist) return null;
    const pod = `${item.metadata.namespace ?? ''}/${item.metadata.name}`;
    return { error: `failed to get container metrics: container ${container} not present in metrics for pod ${pod}` };
  }
  const text = found.usage[resource];
  if (text === undefined) return null;
  const milli = readMilli(text);
  return typeof milli === 'object' ? milli : { ok: milli };
}

/**
 * Upstream: metrics/client.go GetResourceMetric.
 *
 * @param container "" for the whole pod
 */
export function resourceMetrics(
  answer: ApiAnswer<ResourceItem>,
  resource: string,
  container: string,
  rules: Rules,
): Answer<PodMetrics> {
  if ('error' in answer) return fetchError(RESOURCE_API, answer.error);
  if (answer.items.length === 0) return noMetrics(RESOURCE_API);
  const metrics = new Map<string, PodMetric>();
  for (const item of answer.items) {
    const usage = container === '' ? podUsage(item, resource) : containerUsage(item, resource, container, rules);
    if (usage === null) continue;
    if ('error' in usage) return usage;
    metrics.set(item.metadata.name, podMetric(item, usage.ok));
  }
  return { ok: metrics };
}

/** Upstream: metrics/client.go GetRawMetric. */
export function rawMetrics(answer: ApiAnswer<CustomItem>): Answer<PodMetrics> {
  if ('error' in answer) return fetchError(CUSTOM_API, answer.error);
  if (answer.items.length === 0) return noMetrics(CUSTOM_API);
  const metrics = new Map<string, PodMetric>();
  for (const item of answer.items) {
    const value = readMilli(item.value);
    if (typeof value === 'object') return fetchError(CUSTOM_API, value.error);
    const seconds = item.windowSeconds;
    const windowMs = seconds === undefined || seconds === null ? DEFAULT_WINDOW_MS : seconds * 1000;
    metrics.set(item.describedObject.name, { value, timestampMs: timeOrZero(item.timestamp), windowMs });
  }
  return { ok: metrics };
}

/** Upstream: metrics/client.go GetObjectMetric; k8s.io/metrics custom_metrics GetForObject for the count. */
export function objectMetric(answer: ApiAnswer<CustomItem>): Answer<Int64> {
  if ('error' in answer) return fetchError(CUSTOM_API, answer.error);
  const [item] = answer.items;
  if (item === undefined || answer.items.length !== 1) {
    const count = `${answer.items.length} results when we asked for exactly one`;
    return fetchError(CUSTOM_API, `the custom metrics API server returned ${count}`);
  }
  const value = readMilli(item.value);
  return typeof value === 'object' ? fetchError(CUSTOM_API, value.error) : { ok: value };
}

/** Upstream: metrics/client.go GetExternalMetric. */
export function externalMetrics(answer: ApiAnswer<ExternalItem>): Answer<readonly Int64[]> {
  if ('error' in answer) return fetchError(EXTERNAL_API, answer.error);
  if (answer.items.length === 0) return noMetrics(EXTERNAL_API);
  const values: Int64[] = [];
  for (const item of answer.items) {
    const value = readMilli(item.value);
    if (typeof value === 'object') return fetchError(EXTERNAL_API, value.error);
    values.push(value);
  }
  return { ok: values };
}
