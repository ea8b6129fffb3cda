import { z } from 'zod';
import type {
  CustomMetricsProvider,
  CustomMetricValue,
  CustomQuery,
  CustomSelectorQuery,
  ExternalMetricsProvider,
  ExternalMetricValue,
  ExternalQuery,
} from '../provider.ts';
import type { Clock } from '../../contracts/clock.ts';
import { Adapter, ForwardedValue } from './adapter.ts';
import { type ForwardConfig, isForwarded } from './config.ts';

const External = z.object({
  metricLabels: z.record(z.string(), z.string()).nullish(),
  window: z.number().exactOptional(),
  ...ForwardedValue,
});
const Custom = z.object({
  describedObject: z.object({ name: z.string() }),
  windowSeconds: z.number().nullish(),
  ...ForwardedValue,
});

/** The other adapters of a configuration. */
export class Forwarding {
  readonly #external = new ForwardedExternal();
  readonly #custom = new ForwardedCustom();
  readonly #readFile: (path: string) => string | undefined;
  readonly #clock: Clock;
  #adapters: readonly Adapter[] = [];

  constructor(readFile: (path: string) => string | undefined, clock: Clock) {
    this.#readFile = readFile;
    this.#clock = clock;
  }

  get external(): ExternalMetricsProvider {
    return this.#external;
  }

  get custom(): CustomMetricsProvider {
    return this.#custom;
  }

  /** What stays the same keeps its connections and the questions that are under way. */
  replace(rules: readonly ForwardConfig[]): void {
    const before = new Map(this.#adapters.map((adapter) => [JSON.stringify(adapter.config), adapter]));
    this.#adapters = rules.map(
      (rule) => before.get(JSON.stringify(rule)) ?? new Adapter(rule, this.#readFile, this.#clock),
    );
    for (const adapter of before.values()) if (!this.#adapters.includes(adapter)) adapter.close();
    this.#external.replace(this.#adapters);
    this.#custom.replace(this.#adapters);
  }

  close(): void {
    for (const adapter of this.#adapters) adapter.close();
  }
}

/** External metrics of other adapters: each question is passed on when it comes. */
class ForwardedExternal implements ExternalMetricsProvider {
  #adapters: readonly Adapter[] = [];

  replace(adapters: readonly Adapter[]): void {
    this.#adapters = adapters.filter(({ config }) => config.api === 'external');
  }

  /** Raises ML-METRIC-FORWARD. */
  async getExternalMetric({ namespace, metric, selector }: ExternalQuery): Promise<readonly ExternalMetricValue[]> {
    const adapter = this.#adapters.find(({ config }) => isForwarded(config, metric));
    if (adapter === undefined) return [];
    const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${pathOf(namespace, metric)}`;
    const items = await adapter.items(metric, path, { labelSelector: selector.text }, External);
    return (items ?? []).map(({ metricLabels, timestamp, value, window }) => ({
      labels: metricLabels ?? {},
      value,
      timestampMs: timestamp,
      ...(window === undefined ? {} : { windowSeconds: window }),
    }));
  }

  /** Those that are called by their whole names. */
  listAllExternalMetrics(): readonly string[] {
    return this.#adapters.flatMap(({ config }) => config.metrics.filter((name) => !name.endsWith('*')));
  }
}

/** Custom metrics of other adapters. They are in no list: which objects they describe only the other adapter knows. */
class ForwardedCustom implements CustomMetricsProvider {
  #adapters: readonly Adapter[] = [];

  replace(adapters: readonly Adapter[]): void {
    this.#adapters = adapters.filter(({ config }) => config.api === 'custom');
  }

  /** Constant while nothing is passed on; else no answer may be kept. */
  get revision(): number | undefined {
    return this.#adapters.length === 0 ? 0 : undefined;
  }

  /** Raises ML-METRIC-FORWARD. */
  async getMetricByName(query: CustomQuery & { readonly name: string }): Promise<CustomMetricValue | undefined> {
    const items = await this.#ask(query, query.name);
    return items.find(({ name }) => name === query.name);
  }

  /** Raises ML-METRIC-FORWARD. */
  async getMetricBySelector(query: CustomSelectorQuery): Promise<readonly CustomMetricValue[]> {
    const wanted = new Set(query.names);
    return (await this.#ask(query, '*')).filter(({ name }) => wanted.has(name));
  }

  listAllMetrics(): readonly [] {
    return [];
  }

  async #ask(query: CustomQuery, name: string): Promise<readonly CustomMetricValue[]> {
    const { metric, metricSelector } = query;
    const adapter = this.#adapters.find(({ config }) => isForwarded(config, metric));
    if (adapter === undefined) return [];
    const path = `/apis/custom.metrics.k8s.io/v1beta2/${objectPath(query, name)}/${encodeURIComponent(metric)}`;
    const items = await adapter.items(metric, path, { metricLabelSelector: metricSelector.text }, Custom);
    return (items ?? []).map(({ describedObject, timestamp, value, windowSeconds }) => ({
      name: describedObject.name,
      value,
      timestampMs: timestamp,
      ...(windowSeconds == null ? {} : { windowSeconds }),
    }));
  }
}

function objectPath({ resource: { group, resource }, namespace }: CustomQuery, name: string): string {
  if (group === '' && resource === 'namespaces') return `namespaces/${pathOf(name)}/metrics`;
  const kind = group === '' ? resource : `${resource}.${group}`;
  const object = name === '*' ? '*' : pathOf(name);
  return namespace === undefined ? `${kind}/${object}` : `namespaces/${pathOf(namespace)}/${kind}/${object}`;
}

function pathOf(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}
