import type { MetricReport } from '../contracts/metrics-admin.ts';
import { LabError } from '../errors/lab-error.ts';
import type { Reading } from './admin/query-log.ts';
import { metricReports } from './admin/report.ts';
import { eitherCustom } from './all-custom.ts';
import { allExternal, eitherExternal } from './all-external.ts';
import type { Answered } from './api/handler.ts';
import type { MetricsServerConfig } from './config.ts';
import { Forwarding } from './forward/forward-metrics.ts';
import { failureEvent } from './log.ts';
import { MemoryMetrics } from './memory/memory-metrics.ts';
import { ObjectMetrics } from './polling/object-metrics.ts';
import type { Poll } from './polling/poll.ts';
import { type PolledRules, Polls } from './polling/polls.ts';
import { RuleMetrics } from './polling/rule-metrics.ts';
import type { ObjectDirectory } from './objects/directory.ts';
import type { MetricsServerPorts } from './ports.ts';
import { PrometheusMetrics } from './prometheus/prometheus-metrics.ts';
import type { CustomMetricsProvider, ExternalMetricsProvider } from './provider.ts';
import { seed } from './seed.ts';

const DEFAULT_MAX_VALUES = 100_000;

/** Everything that can be read: what sources are polled for, and what was written. */
export class Metrics {
  readonly memory: MemoryMetrics;
  readonly external: ExternalMetricsProvider;
  /** Undefined: there is no custom metric and none can be written. */
  readonly custom: CustomMetricsProvider | undefined;
  readonly #clock: MetricsServerPorts['clock'];
  readonly #rules: RuleMetrics;
  readonly #objects: ObjectMetrics;
  readonly #polls: Polls;
  readonly #prometheus: PrometheusMetrics;
  readonly #forwarding: Forwarding;
  #used: MetricsServerConfig | undefined;
  #polled: PolledRules = { external: [], custom: [] };

  constructor(config: MetricsServerConfig, ports: MetricsServerPorts, objects: Pick<ObjectDirectory, 'resolve'>) {
    const { clock, random, openSource, log } = ports;
    this.#clock = clock;
    this.memory = new MemoryMetrics(clock, config.write?.maxValues ?? DEFAULT_MAX_VALUES);
    this.#rules = new RuleMetrics(clock);
    this.#objects = new ObjectMetrics(clock);
    this.#polls = new Polls(openSource, {
      clock,
      random,
      onState: (source, error) =>
        log(
          error === undefined
            ? { level: 'info', event: 'source-answers', text: `source ${source} answers`, fields: { source } }
            : failureEvent('source-failed', error, { source }),
        ),
    });
    this.#prometheus = new PrometheusMetrics({ ...ports, objects });
    this.#forwarding = new Forwarding(ports.readFile, {
      clock,
      objects,
      onState: (error) => {
        if (error !== undefined) log(failureEvent('forward-not-listed', error));
      },
    });
    const own = allExternal([this.#rules, this.memory, this.#forwarding.external]);
    this.external = eitherExternal(own, this.#prometheus.external);
    this.custom = servesCustom(config)
      ? eitherCustom(
          eitherCustom(this.memory, this.#objects),
          eitherCustom(this.#forwarding.custom, this.#prometheus.custom),
        )
      : undefined;
  }

  /** Raises ML-SOURCE-*, ML-METRIC-MEMORY-FULL, ML-METRICS-CONFIG for what needs a restart; then nothing has changed. */
  async use(config: MetricsServerConfig): Promise<void> {
    if (servesCustom(config) && this.custom === undefined) throw needsRestart();
    try {
      await this.#take(config);
    } catch (error) {
      if (this.#used !== undefined) await this.#take(this.#used);
      throw error;
    }
    this.#used = config;
  }

  async #take(config: MetricsServerConfig): Promise<void> {
    this.#polled = await this.#polls.replace(config.metrics);
    this.#rules.replace(this.#polled.external);
    this.#objects.replace(this.#polled.custom);
    await this.#prometheus.replace(config.prometheus);
    seed(this.memory, config);
    this.#forwarding.replace(config.forward);
  }

  get polls(): readonly Poll[] {
    return this.#polls.all;
  }

  /** The reading behind the answer to a question, when a source was polled for it. */
  readingFor({ target }: Answered): Reading | undefined {
    if (target?.kind === 'external') return this.#rules.readingOf(target.metric);
    return target?.kind === 'custom' ? this.#objects.readingOf(target.metric) : undefined;
  }

  report(): readonly MetricReport[] {
    return [...metricReports(this.#polled, this.memory, this.#clock.now()), ...this.#prometheus.report()];
  }

  async stop(): Promise<void> {
    this.#forwarding.close();
    await Promise.all([this.#polls.stop(), this.#prometheus.stop()]);
  }
}

/** Custom metrics are served where some can be written or are configured. */
function servesCustom({ write, metrics, prometheus, forward }: MetricsServerConfig): boolean {
  return (
    write !== undefined ||
    metrics.some(({ object }) => object !== undefined) ||
    prometheus.some(({ rules }) => rules.length > 0) ||
    forward.some(({ api }) => api === 'custom')
  );
}

function needsRestart(): LabError {
  const problems = 'there was no custom metric before: to serve that API the metrics server must be started again';
  return new LabError('ML-METRICS-CONFIG', { path: 'metrics', problems });
}
