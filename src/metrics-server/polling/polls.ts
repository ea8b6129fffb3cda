import type { MetricSource } from '../../contracts/metric-source.ts';
import type { SourceConfig } from '../../sources/config.ts';
import type { MetricConfig } from '../config.ts';
import { Poll, type PollPorts } from './poll.ts';
import type { ObjectRule } from './object-metrics.ts';
import type { MetricRule } from './rule-metrics.ts';

interface PolledMetric extends MetricConfig {
  readonly source: SourceConfig;
}

export interface PolledRules {
  readonly external: readonly MetricRule[];
  readonly custom: readonly ObjectRule[];
}

/** The polls of a configuration: metrics with equal sources share one; what stays the same over a reload goes on. */
export class Polls {
  readonly #open: (config: SourceConfig) => MetricSource;
  readonly #ports: PollPorts;
  #polls = new Map<string, Poll>();

  /** `open` raises ML-SOURCE-* and ML-QUEUE-URL. */
  constructor(open: (config: SourceConfig) => MetricSource, ports: PollPorts) {
    this.#open = open;
    this.#ports = ports;
  }

  get all(): readonly Poll[] {
    return [...this.#polls.values()];
  }

  /** Starts what is new, stops what is gone. Raises as `open`, and then nothing has changed. */
  async replace(metrics: readonly MetricConfig[]): Promise<PolledRules> {
    const wanted = metrics.filter((metric): metric is PolledMetric => metric.source.type !== 'memory');
    const sources = new Map<string, MetricSource>();
    for (const metric of wanted) {
      const key = keyOf(metric);
      if (!this.#polls.has(key) && !sources.has(key)) sources.set(key, this.#open(metric.source));
    }
    const next = new Map<string, Poll>();
    const rules: MetricRule[] = [];
    const objects: ObjectRule[] = [];
    for (const metric of wanted) {
      const key = keyOf(metric);
      const poll = next.get(key) ?? this.#polls.get(key) ?? this.#start(metric, sources.get(key));
      next.set(key, poll);
      const rule = ruleOf(metric, poll);
      if (metric.object === undefined) rules.push(rule);
      else objects.push({ ...rule, object: metric.object });
    }
    const gone = [...this.#polls].filter(([key]) => !next.has(key)).map(([, poll]) => poll);
    this.#polls = next;
    await Promise.all(gone.map((poll) => poll.stop()));
    return { external: rules, custom: objects };
  }

  async stop(): Promise<void> {
    const all = this.all;
    this.#polls = new Map();
    await Promise.all(all.map((poll) => poll.stop()));
  }

  #start(metric: PolledMetric, source: MetricSource | undefined): Poll {
    const times = { everyMs: metric.pollSeconds * 1000, timeoutMs: metric.timeoutSeconds * 1000 };
    return new Poll(source ?? this.#open(metric.source), times, this.#ports);
  }
}

function keyOf({ source, pollSeconds, timeoutSeconds }: PolledMetric): string {
  return JSON.stringify([source, pollSeconds, timeoutSeconds]);
}

function ruleOf(metric: MetricConfig, poll: Poll): MetricRule {
  const { name, labels, maxAgeSeconds } = metric;
  return {
    name,
    namespaces: metric.namespaces ?? (metric.namespace === undefined ? undefined : [metric.namespace]),
    labels,
    maxAgeMs: maxAgeSeconds * 1000,
    activation: metric.activation,
    fallback: metric.default,
    poll,
  };
}
