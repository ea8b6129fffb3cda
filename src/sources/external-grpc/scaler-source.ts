import type { Clock } from '../../contracts/clock.ts';
import type { MetricSample, MetricSource } from '../../contracts/metric-source.ts';
import type { Certificates } from '../endpoint.ts';
import { foreignQuantity } from '../http/reading.ts';
import type { ScaledObjectRef } from './protocol.ts';
import { ScalerClient, type ScalerValue } from './scaler-client.ts';

export interface ScalerSourceOptions {
  readonly address: string;
  readonly ref: ScaledObjectRef;
  /** Undefined: every metric that the scaler names for the object. */
  readonly metricName: string | undefined;
  readonly activity: 'ask' | 'stream' | 'ignore';
  /** Asked at each reading, so that new certificates count. Raises ML-SOURCE-CONFIG. */
  readonly tls: () => Certificates | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/**
 * The metrics of an external scaler of KEDA. While the scaler calls its object inactive every value counts as 0, which is what
 * KEDA's own switch to zero comes to for an HPA. After a failure the next reading begins with a new connection.
 */
export class ScalerSource implements MetricSource {
  readonly name: string;
  readonly #options: ScalerSourceOptions;
  #open: { readonly key: string; readonly client: ScalerClient } | undefined;

  constructor(options: ScalerSourceOptions) {
    this.#options = options;
    this.name = `external-grpc:${options.address}${options.metricName === undefined ? '' : `/${options.metricName}`}`;
  }

  /** Raises ML-SOURCE-GRPC, ML-SOURCE-CONFIG, or the signal's reason when aborted. */
  async read(signal: AbortSignal): Promise<readonly MetricSample[]> {
    const { ref, metricName, clock } = this.#options;
    const timestampMs = clock.now();
    const client = await this.#client();
    try {
      const names = metricName === undefined ? await client.metricNames(ref, signal) : [metricName];
      const values = await Promise.all(names.map((name) => client.metrics(ref, name, signal)));
      const active = await this.#isActive(client, signal);
      return values.flat().map((value) => this.#sample(value, active, timestampMs));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#open?.client.close();
    this.#open = undefined;
  }

  async #client(): Promise<ScalerClient> {
    const tls = this.#options.tls();
    const key = JSON.stringify(tls ?? null);
    if (this.#open?.key === key) return this.#open.client;
    await this.close();
    const client = await ScalerClient.open(this.#options.address, tls);
    this.#open = { key, client };
    return client;
  }

  async #isActive(client: ScalerClient, signal: AbortSignal): Promise<boolean> {
    const { activity, ref } = this.#options;
    if (activity === 'ignore') return true;
    if (activity === 'stream') client.follow(ref);
    return client.pushed ?? (await client.isActive(ref, signal));
  }

  /** The float counts unless it is 0, as in KEDA: scalers of before 2.13 or so know only the whole number. */
  #sample(
    { metricName, metricValue, metricValueFloat }: ScalerValue,
    active: boolean,
    timestampMs: number,
  ): MetricSample {
    const labels = { metric: metricName, ...this.#options.labels };
    if (!active) return { labels, value: '0', timestampMs };
    const read = foreignQuantity(metricValueFloat === 0 ? metricValue : metricValueFloat);
    return 'quantity' in read
      ? { labels, value: read.quantity, timestampMs }
      : { labels, value: '', timestampMs, fault: read.problem };
  }
}
