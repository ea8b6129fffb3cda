import { AT_ONCE, type Drill, perReplica, WEB } from '../drill.ts';

/** A metric that the adapter has for no object. */
const NOBODYS = {
  type: 'Object',
  object: {
    metric: { name: 'http_requests' },
    describedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: WEB },
    target: { type: 'AverageValue', averageValue: '10' },
  },
};

/** The metric does not arrive. */
export const METRIC_ERRORS: readonly Drill[] = [
  {
    id: 'empty-series-when-idle',
    title: 'an idle source that answers nothing instead of 0',
    teaches: {
      see: '"no metrics returned from external metrics API" whenever the queue is empty',
      why: 'the query of the adapter gives no series, and nothing is not 0',
      act: 'let the query answer 0 (for PromQL: or vector(0))',
    },
    finding: 'empty-series-when-idle',
    also: ['targets-unknown'],
    value: '10',
    hpa: { maxReplicas: 3 },
    steps: [{ fault: { empty: true } }],
    cure: [{ fault: null }],
  },
  {
    id: 'one-failing-metric-blocks-scale-down',
    title: 'one dead metric keeps every replica',
    teaches: {
      see: 'three replicas stay although the metric that works asks for one',
      why: 'with an invalid metric the controller may scale up, never down',
      act: 'repair the failing metric, or take it out',
    },
    finding: 'one-failing-metric-blocks-scale-down',
    also: ['custom-metric-not-found-404', 'targets-unknown'],
    replicas: 3,
    value: '10',
    hpa: { maxReplicas: 5, behavior: AT_ONCE, metrics: [perReplica('10'), NOBODYS] },
    cure: [{ patch: { metrics: [perReplica('10')] } }, { reached: 1 }],
  },
  {
    id: 'stale-metrics',
    title: 'an adapter that repeats an old value',
    teaches: {
      see: 'a number in TARGETS, and a sample that is two hours old behind it',
      why: 'the controller does not look at the time of a sample',
      act: 'alert on the age of samples; shorten the cache of the adapter',
    },
    finding: 'stale-metrics',
    value: '10',
    hpa: { maxReplicas: 3 },
    steps: [{ fault: { staleSeconds: 7200 } }],
    cure: [{ fault: null }],
  },
  {
    id: 'negative-external-value-reads-as-maxint64',
    title: 'a lag of -1',
    teaches: {
      see: 'averageValue 9223372036854775807m and scaling to max',
      why: 'since 1.34 a negative sum counts as an overflow',
      act: 'clamp the metric at 0',
    },
    finding: 'negative-external-value-reads-as-maxint64',
    also: ['at-maxreplicas'],
    value: '-1',
    hpa: { maxReplicas: 2, behavior: AT_ONCE },
    cure: [{ set: '10' }, { reached: 1 }],
  },
  {
    id: 'custom-metric-not-found-404',
    title: 'an Object metric that its object does not have',
    teaches: {
      see: 'FailedGetObjectMetric, "the server could not find the metric"',
      why: 'the adapter has no series of that name for this object',
      act: 'correct the rule of the adapter, or the name',
    },
    finding: 'custom-metric-not-found-404',
    also: ['targets-unknown'],
    value: '10',
    hpa: { maxReplicas: 3, metrics: [NOBODYS] },
    cure: [{ patch: { metrics: [perReplica('10')] } }, { reached: 1 }],
  },
  {
    id: 'adapter-timeout',
    title: 'an adapter whose backend takes too long',
    teaches: {
      see: 'FailedGetExternalMetric, the answer is 504',
      why: 'the adapter waits for its own backend',
      act: 'let it cache, or give it fewer series',
    },
    finding: 'adapter-timeout',
    also: ['targets-unknown'],
    value: '10',
    hpa: { maxReplicas: 3 },
    steps: [{ fault: { status: 504 } }],
    cure: [{ fault: null }],
  },
  {
    id: 'throttling-by-apf-client-limits',
    title: 'too many requests',
    teaches: {
      see: 'the answer is 429',
      why: 'priority and fairness, or the adapter itself, limits who asks',
      act: 'more seats for the flow, or fewer questions',
    },
    finding: 'throttling-by-apf-client-limits',
    also: ['targets-unknown'],
    value: '10',
    hpa: { maxReplicas: 3 },
    steps: [{ fault: { status: 429 } }],
    cure: [{ fault: null }],
  },
];
