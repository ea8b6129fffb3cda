import { z } from 'zod';
import type {
  CustomMetric,
  CustomMetricsProvider,
  CustomMetricValue,
  CustomQuery,
  CustomSelectorQuery,
  ExternalMetricsProvider,
  ExternalMetricValue,
  ExternalQuery,
} from '../provider.ts';
import { Adapter, CUSTOM_PATH, EXTERNAL_PATH, ForwardedValue } from './adapter.ts';
import { type ForwardConfig, isForwarded } from './config.ts';
import { Listing, type ListingPorts } from './listing.ts';

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
  readonly #ports: ListingPorts;
  readonly #listings = new Map<Adapter, Listing>();
  #adapters: readonly Adapter[] = [];

  constructor(readFile: (path: string) => string | undefined, ports: ListingPorts) {
    this.#readFile = readFile;
    this.#ports = ports;
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
      (rule) => before.get(JSON.stringify(rule)) ?? new Adapter(rule, this.#readFile, this.#ports.clock),
    );
    for (const adapter of before.values()) if (!this.#adapters.includes(adapter)) this.#close(adapter);
    for (const adapter of this.#adapters)
      if (!this.#listings.has(adapter)) this.#listings.set(adapter, new Listing(adapter, this.#ports));
    this.#external.replace(this.#adapters, this.#listings);
    this.#custom.replace(this.#adapters, this.#listings);
  }

  close(): void {
    for (const adapter of this.#adapters) this.#close(adapter);
  }

  #close(adapter: Adapter): void {
    this.#listings.get(adapter)?.stop();
    this.#listings.delete(adapter);
    adapter.close();
  }
}

/** External metrics of other adapters: each question is passed on when it comes. */
class ForwardedExternal implements ExternalMetricsProvider {
  #adapters: readonly Adapter[] = [];
  #listings: ReadonlyMap<Adapter, Listing> = new Map();

  replace(adapters: readonly Adapter[], listings: ReadonlyMap<Adapter, Listing>): void {
    this.#listings = listings;
    this.#adapters = adapters.filter(({ config }) => config.api === 'external');
  }

  /** Raises ML-METRIC-FORWARD. */
  async getExternalMetric({ namespace, metric, selector }: ExternalQuery): Promise<readonly ExternalMetricValue[]> {
    const adapter = this.#adapters.find(({ config }) => isForwarded(config, metric));
    if (adapter === undefined) return [];
    const path = `${EXTERNAL_PATH}/namespaces/${pathOf(namespace, metric)}`;
    const items = await adapter.items(metric, path, { labelSelector: selector.text }, External);
    return (items ?? []).map(({ metricLabels, timestamp, value, window }) => ({
      labels: metricLabels ?? {},
      value,
      timestampMs: timestamp,
      ...(window === undefined ? {} : { windowSeconds: window }),
    }));
  }

  /** Those that are called by their whole names, and what the adapters list. */
  listAllExternalMetrics(): readonly string[] {
    const names = this.#adapters.flatMap((adapter) => [
      ...adapter.config.metrics.filter((name) => !name.endsWith('*')),
      ...(this.#listings.get(adapter)?.external ?? []),
    ]);
    return [...new Set(names)];
  }
}

/** Custom metrics of other adapters. Which objects they describe only the other adapter's discovery says. */
class ForwardedCustom implements CustomMetricsProvider {
  #adapters: readonly Adapter[] = [];
  #listings: ReadonlyMap<Adapter, Listing> = new Map();

  replace(adapters: readonly Adapter[], listings: ReadonlyMap<Adapter, Listing>): void {
    this.#listings = listings;
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

  listAllMetrics(): readonly CustomMetric[] {
    return this.#adapters.flatMap((adapter) => this.#listings.get(adapter)?.custom ?? []);
  }

  async #ask(query: CustomQuery, name: string): Promise<readonly CustomMetricValue[]> {
    const { metric, metricSelector } = query;
    const adapter = this.#adapters.find(({ config }) => isForwarded(config, metric));
    if (adapter === undefined) return [];
    const path = `${CUSTOM_PATH}/${objectPath(query, name)}/${encodeURIComponent(metric)}`;
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
