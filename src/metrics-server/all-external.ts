import type { ExternalMetricsProvider } from './provider.ts';

/** Several providers as one: the series of all of them. An error of one is the error of the metric. */
export function allExternal(providers: readonly ExternalMetricsProvider[]): ExternalMetricsProvider {
  return {
    getExternalMetric: async (query) => {
      const found = await Promise.all(providers.map(async (provider) => await provider.getExternalMetric(query)));
      return found.flat();
    },
    listAllExternalMetrics: () => [...new Set(providers.flatMap((provider) => provider.listAllExternalMetrics()))],
  };
}

/** `first` where it knows the metric, else `second`. */
export function eitherExternal(
  first: ExternalMetricsProvider,
  second: ExternalMetricsProvider,
): ExternalMetricsProvider {
  return {
    getExternalMetric: async (query) => {
      const found = await first.getExternalMetric(query);
      const known = found.length > 0 || first.listAllExternalMetrics().includes(query.metric);
      return known ? found : await second.getExternalMetric(query);
    },
    listAllExternalMetrics: () => [...first.listAllExternalMetrics(), ...second.listAllExternalMetrics()],
  };
}
