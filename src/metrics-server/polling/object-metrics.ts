import type { Clock } from '../../contracts/clock.ts';
import type { MetricSample } from '../../contracts/metric-source.ts';
import type { Labels } from '../../kube/label-selector.ts';
import type { Reading } from '../admin/query-log.ts';
import type { ObjectConfig } from '../config.ts';
import { type DescribedObject, describedObject, resourceKindOf } from '../described-object.ts';
import type {
  CustomMetric,
  CustomMetricsProvider,
  CustomMetricValue,
  CustomQuery,
  CustomSelectorQuery,
} from '../provider.ts';
import { activated } from './activation.ts';
import { type MetricRule, seriesError, staleError, unreadError } from './rule-metrics.ts';

/** A custom metric that a source feeds: each of its series describes an object. */
export interface ObjectRule extends MetricRule {
  readonly object: ObjectConfig;
}

interface ObjectSample {
  readonly labels: Labels;
  readonly fault: string | undefined;
  readonly value: CustomMetricValue;
}

/** Custom metrics out of polled sources; as RuleMetrics, a query costs memory access only. */
export class ObjectMetrics implements CustomMetricsProvider {
  readonly #clock: Clock;
  #rules: readonly ObjectRule[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  replace(rules: readonly ObjectRule[]): void {
    this.#rules = rules;
  }

  /** Constant while there is nothing: what is polled ages by itself, so that no answer may be kept. */
  get revision(): number | undefined {
    return this.#rules.length === 0 ? 0 : undefined;
  }

  /** Raises ML-METRIC-STALE, ML-METRIC-UNREAD, ML-METRIC-SERIES. */
  getMetricByName(query: CustomQuery & { readonly name: string }): CustomMetricValue | 'other-labels' | undefined {
    let other = false;
    for (const rule of this.#matching(query)) {
      const found = this.#valueOf(rule, query.namespace, query.name);
      if (found === undefined) continue;
      if (query.metricSelector.matches(found.labels)) return found.value;
      other = true;
    }
    return other ? 'other-labels' : undefined;
  }

  /** Raises ML-METRIC-STALE, ML-METRIC-UNREAD, ML-METRIC-SERIES. */
  getMetricBySelector(query: CustomSelectorQuery): readonly CustomMetricValue[] {
    return query.names.flatMap((name) => {
      const found = this.getMetricByName({ ...query, name });
      return found === undefined || found === 'other-labels' ? [] : [found];
    });
  }

  /** The present reading behind a metric; of several the first. */
  readingOf(metric: string): Reading | undefined {
    const poll = this.#rules.find(({ name }) => name === metric)?.poll;
    return poll === undefined ? undefined : { source: poll.name, state: poll.state };
  }

  listAllMetrics(): readonly CustomMetric[] {
    const seen = new Map<string, CustomMetric>();
    for (const { name: metric, object } of this.#rules)
      seen.set(`${object.resource}/${metric}`, { resource: resourceKindOf(object), metric });
    return [...seen.values()];
  }

  #matching({ resource, metric, namespace }: CustomQuery): readonly ObjectRule[] {
    return this.#rules.filter(({ name, object }) => {
      const kind = resourceKindOf(object);
      if (name !== metric || kind.resource !== resource.resource || kind.group !== resource.group) return false;
      return object.namespace === undefined || object.namespace === namespace;
    });
  }

  #valueOf(rule: ObjectRule, namespace: string | undefined, name: string): ObjectSample | undefined {
    if (rule.object.name !== undefined && rule.object.name !== name) return undefined;
    const now = this.#clock.now();
    const fallback =
      rule.fallback === undefined
        ? undefined
        : { labels: rule.labels, fault: undefined, value: { name, value: rule.fallback, timestampMs: now } };
    const { samples } = rule.poll.state;
    if (samples === undefined) {
      if (fallback !== undefined) return fallback;
      throw unreadError(rule);
    }
    const found = indexOf(rule, samples).get(keyOf(namespace, name));
    if (found === undefined) return fallback;
    const ageMs = now - found.value.timestampMs;
    if (ageMs <= rule.maxAgeMs && found.fault === undefined) return found;
    if (fallback !== undefined) return fallback;
    throw ageMs > rule.maxAgeMs ? staleError(rule, ageMs) : seriesError(rule.name, found.labels, found.fault ?? '');
  }
}

const indexes = new WeakMap<readonly MetricSample[], Map<string, ReadonlyMap<string, ObjectSample>>>();

/** The samples by their objects, made once per reading. Of two series of one object the last counts. */
function indexOf(
  { object, labels, activation }: ObjectRule,
  samples: readonly MetricSample[],
): ReadonlyMap<string, ObjectSample> {
  let byRule = indexes.get(samples);
  if (byRule === undefined) indexes.set(samples, (byRule = new Map()));
  const rule = JSON.stringify([object, labels, activation]);
  let index = byRule.get(rule);
  if (index === undefined) {
    index = new Map(
      activated(samples, activation).flatMap((sample) =>
        entryOf(sample, describedObject(object, { ...sample.labels, ...labels })),
      ),
    );
    byRule.set(rule, index);
  }
  return index;
}

function entryOf(
  { value, timestampMs, fault }: MetricSample,
  described: DescribedObject | undefined,
): readonly (readonly [string, ObjectSample])[] {
  if (described === undefined) return [];
  const { namespace, name, labels } = described;
  return [[keyOf(namespace, name), { labels, fault, value: { name, value, timestampMs } }]];
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
