// The door of the library: `import { serveMetrics } from 'metrics-lab/metrics-server'`.
export { EVERYTHING, type Labels, parseSelector, type Requirement, type Selector } from '../kube/label-selector.ts';
export { type MetricsServer, type ServeMetricsOptions, serveMetrics } from './library/serve-metrics.ts';
export type {
  CustomMetric,
  CustomMetricsProvider,
  CustomMetricValue,
  CustomQuery,
  CustomSelectorQuery,
  ExternalMetricsProvider,
  ExternalMetricValue,
  ExternalQuery,
  ResourceKind,
} from './provider.ts';
