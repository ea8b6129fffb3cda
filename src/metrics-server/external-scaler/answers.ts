import { LabError } from '../../errors/lab-error.ts';
import { sumNumber } from '../../kube/quantity.ts';
import type { ExternalMetricsProvider } from '../provider.ts';
import { type Trigger, triggerOf } from './trigger.ts';

/** Why a question to the external scaler is refused, as gRPC names it. */
export type Refusal = 'INVALID_ARGUMENT' | 'NOT_FOUND' | 'UNAVAILABLE';

/** What the external scaler answers: the value of a trigger is the sum of its series, as for an HPA. */
export class ScalerAnswers {
  readonly #provider: ExternalMetricsProvider;

  constructor(provider: ExternalMetricsProvider) {
    this.#provider = provider;
  }

  /** Raises ML-METRIC-SCALER, and what the metric raises. */
  async isActive(ref: unknown): Promise<boolean> {
    const trigger = needed(ref);
    return (await this.#value(trigger)) > trigger.activation;
  }

  /** Raises ML-METRIC-SCALER. */
  metricSpec(ref: unknown): object {
    const { metric, target } = needed(ref);
    return { metricSpecs: [{ metricName: metric, targetSize: Math.ceil(target), targetSizeFloat: target }] };
  }

  /** Raises ML-METRIC-SCALER, and what the metric raises. */
  async metrics({ scaledObjectRef, metricName }: { scaledObjectRef?: unknown; metricName?: unknown }): Promise<object> {
    const trigger = needed(scaledObjectRef);
    if (metricName !== trigger.metric)
      throw refused('NOT_FOUND', `the trigger has the metric ${trigger.metric}, not ${JSON.stringify(metricName)}`);
    const value = await this.#value(trigger);
    // Older clients read the whole number: a little work must not become none.
    return { metricValues: [{ metricName, metricValue: Math.ceil(value), metricValueFloat: value }] };
  }

  async #value({ metric, namespace, selector }: Trigger): Promise<number> {
    const series = await this.#provider.getExternalMetric({ metric, namespace, selector });
    if (series.length === 0) throw refused('NOT_FOUND', `no series of ${metric} in ${namespace} matches the selector`);
    const sum = sumNumber(series.map(({ value }) => value));
    if (sum === undefined) throw refused('UNAVAILABLE', `a value of ${metric} is no quantity`);
    return sum;
  }
}

function needed(ref: unknown): Trigger {
  const trigger = triggerOf(ref);
  if (typeof trigger === 'string') throw refused('INVALID_ARGUMENT', trigger);
  return trigger;
}

function refused(code: Refusal, reason: string): LabError {
  return new LabError('ML-METRIC-SCALER', { code, reason });
}
