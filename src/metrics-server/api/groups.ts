export const EXTERNAL_GROUP = 'external.metrics.k8s.io';
export const CUSTOM_GROUP = 'custom.metrics.k8s.io';

/** Served versions, the preferred one of plain discovery first (upstream's order). */
export const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  [CUSTOM_GROUP]: ['v1beta1', 'v1beta2'],
  [EXTERNAL_GROUP]: ['v1beta1'],
};

export const LIST_KINDS: Readonly<Record<string, string>> = {
  [CUSTOM_GROUP]: 'MetricValueList',
  [EXTERNAL_GROUP]: 'ExternalMetricValueList',
};
