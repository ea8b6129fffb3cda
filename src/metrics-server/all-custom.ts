import type { CustomMetricsProvider } from './provider.ts';

/** Two providers as one: `first` where it has a value of an object, else `second`. */
export function eitherCustom(first: CustomMetricsProvider, second: CustomMetricsProvider): CustomMetricsProvider {
  return {
    getMetricByName: async (query) => {
      const found = await first.getMetricByName(query);
      return found ?? (await second.getMetricByName(query));
    },
    getMetricBySelector: async (query) => {
      const found = await first.getMetricBySelector(query);
      const known = new Set(found.map(({ name }) => name));
      const names = query.names.filter((name) => !known.has(name));
      if (names.length === 0) return found;
      return [...found, ...(await second.getMetricBySelector({ ...query, names }))];
    },
    listAllMetrics: () => [...first.listAllMetrics(), ...second.listAllMetrics()],
    get revision() {
      if (first.revision === undefined || second.revision === undefined) return undefined;
      return first.revision + second.revision;
    },
  };
}
