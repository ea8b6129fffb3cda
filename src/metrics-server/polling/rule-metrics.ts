import type { Clock } from '../../contracts/clock.ts';
import type { MetricSample } from '../../contracts/metric-source.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import type { Labels } from '../../kube/label-selector.ts';
import type { Reading } from '../admin/query-log.ts';
import type { ExternalMetricsProvider, ExternalMetricValue, ExternalQuery } from '../provider.ts';
import { activated } from './activation.ts';
import type { PollState } from './poll.ts';

/** An external metric that a source feeds. */
export interface MetricRule {
  readonly name: string;
  /** Undefined: in every namespace. */
  readonly namespaces: readonly string[] | undefined;
  /** Added to the labels of every series. */
  readonly labels: Labels;
  readonly maxAgeMs: number;
  /** Values up to it count as 0. */
  readonly activation?: string | undefined;
  /** The value while there is no series or no fresh one; undefined: that is an error. */
  readonly fallback: string | undefined;
  readonly poll: { readonly name: string; readonly state: PollState };
}

/** External metrics out of polled sources: a query costs memory access only (DESIGN 3.3). */
export class RuleMetrics implements ExternalMetricsProvider {
  readonly #clock: Clock;
  #rules: ReadonlyMap<string, readonly MetricRule[]> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  replace(rules: readonly MetricRule[]): void {
    this.#rules = Map.groupBy(rules, (rule) => rule.name);
  }

  /** Raises ML-METRIC-STALE, ML-METRIC-UNREAD and ML-METRIC-SERIES. */
  getExternalMetric({ namespace, metric, selector }: ExternalQuery): readonly ExternalMetricValue[] {
    const rules = this.#rules.get(metric);
    if (rules === undefined) return [];
    const now = this.#clock.now();
    const found: ExternalMetricValue[] = [];
    for (const rule of rules) {
      if (rule.namespaces?.includes(namespace) === false) continue;
      for (const value of valuesOf(rule, now)) {
        if (!selector.matches(value.labels)) continue;
        if (now - value.timestampMs > rule.maxAgeMs) throw staleError(rule, now - value.timestampMs);
        if (value.fault !== undefined) throw seriesError(rule.name, value.labels, value.fault);
        found.push(value);
      }
    }
    return found;
  }

  /** The present reading behind a metric; of several the first. */
  readingOf(metric: string): Reading | undefined {
    const poll = this.#rules.get(metric)?.[0]?.poll;
    return poll === undefined ? undefined : { source: poll.name, state: poll.state };
  }

  listAllExternalMetrics(): readonly string[] {
    return [...this.#rules.keys()];
  }
}

type RuleValue = ExternalMetricValue & Pick<MetricSample, 'fault'>;

function valuesOf(rule: MetricRule, now: number): readonly RuleValue[] {
  const { state } = rule.poll;
  const fallback =
    rule.fallback === undefined ? undefined : [{ labels: rule.labels, value: rule.fallback, timestampMs: now }];
  if (state.samples === undefined) {
    if (fallback !== undefined) return fallback;
    throw unreadError(rule);
  }
  const fresh = state.samples.every((sample) => now - sample.timestampMs <= rule.maxAgeMs);
  if (fallback === undefined) return labelled(rule, state.samples);
  const usable = state.samples.filter(({ fault }) => fault === undefined);
  return usable.length === 0 || !fresh ? fallback : labelled(rule, usable);
}

const merged = new WeakMap<readonly MetricSample[], Map<Labels, readonly RuleValue[]>>();
/** The samples with the rule's labels; made once per reading. */
function labelled({ labels, activation }: MetricRule, samples: readonly MetricSample[]): readonly RuleValue[] {
  let byLabels = merged.get(samples);
  if (byLabels === undefined) merged.set(samples, (byLabels = new Map()));
  let values = byLabels.get(labels);
  if (values === undefined) {
    values = activated(samples, activation).map((sample) => ({ ...sample, labels: { ...sample.labels, ...labels } }));
    byLabels.set(labels, values);
  }
  return values;
}

/** One series has no usable value. */
export function seriesError(metric: string, labels: Labels, reason: string): LabError {
  return new LabError('ML-METRIC-SERIES', { metric, labels: JSON.stringify(labels), reason });
}

/** Nothing was ever read. */
export function unreadError({ name, poll }: MetricRule): LabError {
  return new LabError('ML-METRIC-UNREAD', { metric: name, cause: causeOf(poll.state) });
}

/** What was read is too old. */
export function staleError(rule: MetricRule, ageMs: number): LabError {
  return new LabError('ML-METRIC-STALE', {
    metric: rule.name,
    age: Math.round(ageMs / 1000),
    limit: rule.maxAgeMs / 1000,
    cause: causeOf(rule.poll.state),
  });
}

function causeOf({ error }: PollState): string {
  return error === undefined ? 'its source has not answered yet' : describe(error);
}
