import type { Clock } from '../../contracts/clock.ts';
import type { MetricSample } from '../../contracts/metric-source.ts';
import type { Selector } from '../../kube/label-selector.ts';
import { seriesError } from '../polling/rule-metrics.ts';
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
import type { Catalogue, ObjectOffer } from './catalogue.ts';
import { expressionOf, namesMatcher, selectorMatchers } from './query.ts';
import type { WarmQueries } from './warm-queries.ts';

export interface RulesPorts {
  readonly catalogue: Catalogue;
  readonly queries: WarmQueries;
  readonly clock: Clock;
}

type Value = Pick<MetricSample, 'value' | 'timestampMs' | 'fault'>;

/** Metrics that rules make of the series of a Prometheus. Its calls raise ML-METRIC-*. */
export class RulesProvider implements ExternalMetricsProvider, CustomMetricsProvider {
  readonly #ports: RulesPorts;

  constructor(ports: RulesPorts) {
    this.#ports = ports;
  }

  async getExternalMetric({ namespace, metric, selector }: ExternalQuery): Promise<readonly ExternalMetricValue[]> {
    const { catalogue, queries, clock } = this.#ports;
    const offer = await catalogue.external(metric);
    if (offer === undefined) return [];
    const { association, template, config } = offer.rule;
    const matchers = [
      ...selectorMatchers(metric, selector),
      ...(config.resources.namespaced ? [namesMatcher(association.namespaceLabel ?? '', [namespace])] : []),
    ];
    const samples = await queries.read(metric, expressionOf(metric, template, offer.series, matchers, []));
    const faulty = samples.find(({ fault }) => fault !== undefined);
    if (faulty?.fault !== undefined && config.default === undefined)
      throw seriesError(metric, faulty.labels, faulty.fault);
    const usable = samples.filter(({ fault }) => fault === undefined);
    if (usable.length > 0 || config.default === undefined) return usable;
    return [{ labels: equalities(selector), value: config.default, timestampMs: clock.now() }];
  }

  listAllExternalMetrics(): readonly string[] {
    return this.#ports.catalogue.externalNames;
  }

  async getMetricByName(query: CustomQuery & { readonly name: string }): Promise<CustomMetricValue | undefined> {
    const { resource, metric, name } = query;
    const offer = await this.#ports.catalogue.custom(resource, metric);
    if (offer === undefined) return undefined;
    const found = (await this.#valuesOf(offer, query, [name])).get(name);
    const fallback = this.#defaultOf(offer);
    if (found?.fault !== undefined && fallback === undefined) throw seriesError(metric, { name }, found.fault);
    return toValue(name, found) ?? toValue(name, fallback);
  }

  /** An object whose value is none is left out: the HPA then takes it as a pod without a metric. */
  async getMetricBySelector(query: CustomSelectorQuery): Promise<readonly CustomMetricValue[]> {
    const { resource, metric, names } = query;
    const offer = names.length === 0 ? undefined : await this.#ports.catalogue.custom(resource, metric);
    if (offer === undefined) return [];
    const found = await this.#valuesOf(offer, query, names);
    const fallback = this.#defaultOf(offer);
    return names.flatMap((name) => toValue(name, found.get(name)) ?? toValue(name, fallback) ?? []);
  }

  listAllMetrics(): readonly CustomMetric[] {
    return this.#ports.catalogue.customMetrics;
  }

  /** By the names of the objects. */
  async #valuesOf(
    { rule, series }: ObjectOffer,
    { metric, namespace, resource, metricSelector }: CustomQuery,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, Value>> {
    const label = rule.association.labelOf(resource) ?? '';
    const matchers = [
      ...selectorMatchers(metric, metricSelector),
      ...(namespace === undefined ? [] : [namesMatcher(rule.association.namespaceLabel ?? '', [namespace])]),
      namesMatcher(label, names),
    ];
    const expression = expressionOf(metric, rule.template, series, matchers, [label]);
    const samples = await this.#ports.queries.read(metric, expression);
    return new Map(samples.map((sample) => [sample.labels[label] ?? '', sample]));
  }

  #defaultOf({ rule }: ObjectOffer): Value | undefined {
    const value = rule.config.default;
    return value === undefined ? undefined : { value, timestampMs: this.#ports.clock.now() };
  }
}

function toValue(name: string, found: Value | undefined): CustomMetricValue | undefined {
  if (found === undefined || found.fault !== undefined) return undefined;
  return { name, value: found.value, timestampMs: found.timestampMs };
}

/** What a selector says about the labels of the series that it wants. */
function equalities({ requirements }: Selector): Readonly<Record<string, string>> {
  const equal = requirements.filter(({ operator }) => operator === '=' || operator === '==');
  return Object.fromEntries(equal.map(({ key, values }) => [key, values[0] ?? '']));
}
