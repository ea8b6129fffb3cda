import type { Clock } from '../../contracts/clock.ts';
import type { MetricReport } from '../../contracts/metrics-admin.ts';
import type { LabError } from '../../errors/lab-error.ts';
import { HttpClient } from '../../sources/http-access.ts';
import { PrometheusApi } from '../../sources/prometheus/api.ts';
import { failureEvent, type MetricsLog } from '../log.ts';
import type { ObjectDirectory } from '../objects/directory.ts';
import type { CustomMetricsProvider, ExternalMetricsProvider } from '../provider.ts';
import { Catalogue } from './catalogue.ts';
import type { PrometheusRulesConfig } from './rule-config.ts';
import { RulesProvider } from './rules-provider.ts';
import { WarmQueries } from './warm-queries.ts';

export interface PrometheusMetricsPorts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly readFile: (path: string) => string | undefined;
  readonly objects: Pick<ObjectDirectory, 'resolve'>;
  readonly log: MetricsLog;
}

interface Server {
  /** Its configuration as text. */
  readonly key: string;
  readonly shown: string;
  readonly provider: ExternalMetricsProvider & CustomMetricsProvider;
  stop(): Promise<void>;
}

/** The metrics of every configured Prometheus by its rules; the first that knows a metric answers. */
export class PrometheusMetrics {
  readonly #ports: PrometheusMetricsPorts;
  #servers: readonly Server[] = [];

  constructor(ports: PrometheusMetricsPorts) {
    this.#ports = ports;
  }

  /** A server whose configuration stays the same goes on. */
  async replace(configs: readonly PrometheusRulesConfig[]): Promise<void> {
    const before = this.#servers;
    this.#servers = configs.map((config) => {
      const key = JSON.stringify(config);
      return before.find((server) => server.key === key) ?? this.#start(key, config);
    });
    await Promise.all(before.filter((server) => !this.#servers.includes(server)).map((server) => server.stop()));
  }

  stop(): Promise<void> {
    return this.replace([]);
  }

  /** Every metric that the series give now. Values are read when somebody asks: there are none here. */
  report(): readonly MetricReport[] {
    return this.#servers.flatMap(({ shown, provider }) => {
      const common = { source: `prometheus ${shown}`, series: null, values: [], ageSeconds: null, error: null };
      return [
        ...provider
          .listAllExternalMetrics()
          .map((metric) => ({ api: 'external' as const, metric, scope: '*', ...common })),
        ...provider.listAllMetrics().map(({ resource, metric }) => {
          const kind = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
          return { api: 'custom' as const, metric, scope: `${kind}/*`, ...common };
        }),
      ];
    });
  }

  readonly external: ExternalMetricsProvider = {
    getExternalMetric: async (query) =>
      (await this.#first(
        (provider) => provider.getExternalMetric(query),
        (found) => found.length > 0,
      )) ?? [],
    listAllExternalMetrics: () => this.#servers.flatMap(({ provider }) => provider.listAllExternalMetrics()),
  };

  readonly custom: CustomMetricsProvider = this.#customProvider();

  #customProvider(): CustomMetricsProvider {
    const servers = () => this.#servers;
    return {
      getMetricByName: (query) =>
        this.#first(
          (provider) => provider.getMetricByName(query),
          (found) => found !== undefined,
        ),
      getMetricBySelector: async (query) =>
        (await this.#first(
          (provider) => provider.getMetricBySelector(query),
          (found) => found.length > 0,
        )) ?? [],
      listAllMetrics: () => servers().flatMap(({ provider }) => provider.listAllMetrics()),
      get revision() {
        return servers().length === 0 ? 0 : undefined;
      },
    };
  }

  /** The first answer that is one; when there is none, the first error: another server may still know the metric. */
  async #first<T>(
    ask: (provider: Server['provider']) => T | Promise<T>,
    isFound: (answer: T) => boolean,
  ): Promise<T | undefined> {
    const errors: unknown[] = [];
    for (const { provider } of this.#servers) {
      try {
        const answer = await ask(provider);
        if (isFound(answer)) return answer;
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return undefined;
  }

  #start(key: string, config: PrometheusRulesConfig): Server {
    const { clock, random, readFile, objects, log } = this.#ports;
    const http = new HttpClient(config, readFile);
    const api = new PrometheusApi(http);
    const fields = { prometheus: http.shown };
    const onState = (error: LabError | undefined) =>
      log(
        error === undefined
          ? { level: 'info', event: 'series-listed', text: `the series of ${http.shown} are listed`, fields }
          : failureEvent('series-not-listed', error, fields),
      );
    const catalogue = new Catalogue(config, { api, clock, objects, onState });
    const queries = new WarmQueries(api, config, {
      clock,
      random,
      // That a query works is no news: there is one for every HPA.
      onState: (query, error) => {
        if (error !== undefined) log(failureEvent('query-failed', error, { ...fields, query }));
      },
    });
    return {
      key,
      shown: http.shown,
      provider: new RulesProvider({ catalogue, queries, clock }),
      stop: async () => {
        await Promise.all([catalogue.stop(), queries.stop()]);
        api.close();
      },
    };
  }
}
