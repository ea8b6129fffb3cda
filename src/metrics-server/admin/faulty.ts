import type { MetricFault } from '../../contracts/metrics-admin.ts';
import type {
  CustomMetricsProvider,
  CustomMetricValue,
  ExternalMetricsProvider,
  ExternalMetricValue,
} from '../provider.ts';

/** A provider whose values have a fault. */
export function faultyExternal(provider: ExternalMetricsProvider, fault: MetricFault): ExternalMetricsProvider {
  return {
    getExternalMetric: async (query) =>
      fault.empty === true ? [] : changed<ExternalMetricValue>(await provider.getExternalMetric(query), fault),
    listAllExternalMetrics: () => provider.listAllExternalMetrics(),
  };
}

/** As `faultyExternal`; it has no revision, so that no answer from before or during the fault is kept. */
export function faultyCustom(provider: CustomMetricsProvider, fault: MetricFault): CustomMetricsProvider {
  return {
    getMetricByName: async (query) => {
      if (fault.empty === true) return undefined;
      const found = await provider.getMetricByName(query);
      return found === undefined || found === 'other-labels' ? found : changed([found], fault)[0];
    },
    getMetricBySelector: async (query) =>
      fault.empty === true ? [] : changed<CustomMetricValue>(await provider.getMetricBySelector(query), fault),
    listAllMetrics: () => provider.listAllMetrics(),
  };
}

function changed<T extends { readonly value: string; readonly timestampMs: number }>(
  values: readonly T[],
  { staleSeconds = 0, text }: MetricFault,
): readonly T[] {
  return values.map((one) => ({
    ...one,
    timestampMs: one.timestampMs - staleSeconds * 1000,
    ...(text === undefined ? {} : { value: text }),
  }));
}
