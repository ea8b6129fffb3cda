import type { MetricSample } from '../../contracts/metric-source.ts';
import { isAbove } from '../../kube/quantity.ts';

/** The samples with 0 in the place of each value that does not exceed the activation, so that little wakes nobody up (KEDA's `activation…`). */
export function activated(samples: readonly MetricSample[], activation: string | undefined): readonly MetricSample[] {
  if (activation === undefined) return samples;
  return samples.map((sample) =>
    sample.fault !== undefined || isAbove(sample.value, activation) ? sample : { ...sample, value: '0' },
  );
}
