import type { Clock } from '../../contracts/clock.ts';
import type { MetricSample, MetricSource } from '../../contracts/metric-source.ts';
import type { PrometheusApi } from './api.ts';
import { sampleQuantity } from './value.ts';

export interface QuerySourceOptions {
  readonly api: PrometheusApi;
  readonly clock: Clock;
  readonly query: string;
  /** Added to every series. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value of an expression that finds no series; undefined: there is none. */
  readonly fallback: string | undefined;
  /** When the source is closed; without it the API goes on. */
  readonly onClose?: () => void;
}

/** Every series of a PromQL expression. A series without a usable value is told as such and costs the others nothing. */
export function querySource(options: QuerySourceOptions): MetricSource {
  const { api, clock, query, labels, fallback, onClose } = options;
  return {
    name: `prometheus:${query.length > 100 ? `${query.slice(0, 97)}...` : query}`,
    read: async (signal) => {
      const timestampMs = clock.now();
      const samples = (await api.query(query, signal)).map((one): MetricSample => {
        const { __name__: _, ...own } = one.labels;
        const read = sampleQuantity(one.value);
        const common = { labels: { ...own, ...labels }, timestampMs };
        return 'quantity' in read ? { ...common, value: read.quantity } : { ...common, value: '', fault: read.problem };
      });
      return samples.length === 0 && fallback !== undefined ? [{ labels, value: fallback, timestampMs }] : samples;
    },
    close: async () => onClose?.(),
  };
}
