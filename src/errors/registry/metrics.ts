import type { ErrorEntry } from '../entry.ts';

export type MetricsErrorId =
  | 'ML-CHART-TEST'
  | 'ML-AUTH-CONFIG'
  | 'ML-AUTH-CERTIFICATE'
  | 'ML-METRIC-STALE'
  | 'ML-METRIC-UNREAD'
  | 'ML-METRIC-VALUE'
  | 'ML-METRIC-SERIES'
  | 'ML-METRIC-SELECTOR'
  | 'ML-METRIC-QUERY'
  | 'ML-METRIC-SLOW-SOURCE'
  | 'ML-METRIC-OBJECTS'
  | 'ML-METRIC-MEMORY-FULL'
  | 'ML-METRIC-FORWARD'
  | 'ML-METRIC-SCALER'
  | 'ML-METRIC-NOT-FOUND'
  | 'ML-METRIC-NO-VALUE'
  | 'ML-METRIC-WRITE'
  | 'ML-METRICS-CONFIG'
  | 'ML-METRICS-LISTEN';

/** Metrics server and sources. */
export const METRICS_ERRORS: Readonly<Record<MetricsErrorId, ErrorEntry>> = {
  'ML-CHART-TEST': {
    exit: 'cluster',
    fault: 'environment',
    title: 'helm test failed: {what}',
    why: 'the answer was: {answer}',
    actions: ['look at the pods and their logs: kubectl get pods; kubectl logs deploy/NAME'],
    retryable: true,
  },
  'ML-AUTH-CONFIG': {
    exit: 'cluster',
    fault: 'environment',
    title: "The cluster's ConfigMap kube-system/extension-apiserver-authentication cannot be used",
    why: '{reason}',
    actions: ['look at it: kubectl -n kube-system get configmap extension-apiserver-authentication -o yaml'],
    retryable: true,
  },
  'ML-AUTH-CERTIFICATE': {
    exit: 'cluster',
    fault: 'environment',
    title: 'A certificate cannot be read',
    why: '{reason}',
    actions: ['look at it with openssl x509 -text'],
    retryable: false,
  },
  'ML-METRIC-STALE': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The metric {metric} has no fresh value: the last good one is {age} s old, the limit is {limit} s ({cause})',
    why: '{cause}',
    actions: ['see what the metrics server says with `metrics-lab logs metrics-server`'],
    retryable: true,
  },
  'ML-METRIC-UNREAD': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The metric {metric} has no value yet ({cause})',
    why: '{cause}',
    actions: ['see what the metrics server says with `metrics-lab logs metrics-server`'],
    retryable: true,
  },
  'ML-METRIC-VALUE': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The source answered "{value}", which is no Kubernetes quantity: {reason}',
    why: 'Only a number such as 42, 1.5 or 300m can be scaled on; NaN and infinite values are errors, not zeros',
    actions: ['look at the value in the source itself'],
    retryable: true,
  },
  'ML-METRIC-SERIES': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The series {labels} of the metric {metric} has no usable value: {reason}',
    why: 'Only a finite number can be scaled on; NaN, as a division by zero gives it, is an error and not a zero',
    actions: [
      'look at the series in the source itself',
      'give the metric a default, which stands in for such a series',
    ],
    retryable: true,
  },
  'ML-METRIC-SELECTOR': {
    exit: 'cluster',
    fault: 'user',
    title: 'The selector of the metric {metric} cannot be asked for in Prometheus: {reason}',
    why: 'A selector becomes conditions on the labels of series',
    actions: ['select by labels that the series have'],
    retryable: false,
  },
  'ML-METRIC-QUERY': {
    exit: 'cluster',
    fault: 'user',
    title: 'The rule of the metric {metric} gives no expression: {reason}',
    why: 'The metricsQuery of the rule is a template, carried out for each question',
    actions: ['correct the rule in the configuration of the metrics server'],
    retryable: false,
  },
  'ML-METRIC-SLOW-SOURCE': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The source {source} did not answer within {seconds} s',
    why: 'The reading was given up; the next one starts when this one has really ended',
    actions: ['check that the source is reachable', 'raise timeoutSeconds of the metric'],
    retryable: true,
  },
  'ML-METRIC-OBJECTS': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The objects of {resource} cannot be listed ({cause})',
    why: '{cause}',
    actions: ['allow the metrics server to list and watch {resource}'],
    retryable: true,
  },
  'ML-METRIC-MEMORY-FULL': {
    exit: 'cluster',
    fault: 'user',
    title: 'No further value is kept: there are {limit} already',
    why: 'The metrics server keeps a limited number of written values',
    actions: ['raise write.maxValues in its configuration'],
    retryable: false,
  },
  'ML-METRIC-SCALER': {
    exit: 'usage',
    fault: 'user',
    title: 'The external scaler has no answer: {reason}',
    why: 'the `metadata` of a trigger names metric, selector, target and activation ({code})',
    actions: ["correct the trigger's `metadata` in the ScaledObject"],
    retryable: false,
  },
  'ML-METRIC-FORWARD': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The adapter {url}, to which the metric {metric} is passed on, gives no value: {reason}',
    why: '{reason}',
    actions: [
      'ask the other adapter itself',
      'correct the rule under `forward` in the configuration of the metrics server',
    ],
    retryable: true,
  },
  'ML-METRIC-NOT-FOUND': {
    exit: 'not-found',
    fault: 'user',
    title: 'Lab "{lab}" has no metric "{metric}"',
    why: 'the nearest names are: {nearest}',
    actions: ['see all of them with `metrics-lab metric list --lab {lab}`'],
    retryable: false,
  },
  'ML-METRIC-NO-VALUE': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The metrics API has no value of {metric}: {reason}',
    why: 'The HPA controller asks in the same way and gets the same answer',
    actions: [
      'see its source with `metrics-lab metric list -o wide`',
      'see who asked what with `metrics-lab metric queries`',
    ],
    retryable: true,
  },
  'ML-METRIC-WRITE': {
    exit: 'cluster',
    fault: 'user',
    title: 'The value of {metric} was not taken',
    why: '{reason}',
    actions: ['correct the value, the labels or the object'],
    retryable: false,
  },
  'ML-METRICS-CONFIG': {
    exit: 'usage',
    fault: 'user',
    title: 'The configuration {path} of the metrics server cannot be used',
    why: '{problems}',
    actions: ['correct the lines that are named'],
    retryable: false,
  },
  'ML-METRICS-LISTEN': {
    exit: 'conflict',
    fault: 'environment',
    title: 'The metrics server cannot listen on {address}',
    why: '{reason}',
    actions: ['choose another port'],
    retryable: true,
  },
};
