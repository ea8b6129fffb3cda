/** What feeds the HPA of a lab. Each has one file in src/lab/pipelines; flag, lab file and record know it by this name. */
export type PipelineName = 'queue' | 'prometheus' | 'http' | 'test';

export interface PipelineFacts {
  /** One line of help. */
  readonly summary: string;
  /** Whether items go through a queue: `publish`, the ledger, scenarios. */
  readonly hasQueue: boolean;
  /** Settings (path in the lab file → as typed) whose default differs from that of the flag. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Settings (path in the lab file) that nothing of it reads: a flag for one is refused. */
  readonly unused: readonly string[];
  /** Commands that make sense once it is up, without `--lab`. */
  readonly next: readonly string[];
}

const QUEUE_ONLY: readonly string[] = ['queue.kind', 'queue.url', 'queue.name', 'consumer.maxAttempts'];

export const PIPELINES: Readonly<Record<PipelineName, PipelineFacts>> = {
  queue: {
    summary: 'a queue, scaled on its length',
    hasQueue: true,
    defaults: {},
    unused: [],
    next: ['metrics-lab publish 40', 'metrics-lab watch hpa'],
  },
  prometheus: {
    summary: 'a queue, its length by way of an exporter and Prometheus as a metric of a Service',
    hasQueue: true,
    defaults: {},
    unused: [],
    next: ['metrics-lab publish 40', 'metrics-lab watch hpa'],
  },
  http: {
    summary: 'a web target, scaled on the requests of its Service as a monitoring backend counts them',
    hasQueue: false,
    defaults: { 'hpa.min': '3', 'hpa.max': '10', 'hpa.target': '4', 'consumer.serviceTime': '50ms' },
    unused: QUEUE_ONLY,
    next: ['metrics-lab load http --rps 50 --for 2m', 'metrics-lab watch hpa'],
  },
  test: {
    summary: "values that you write, as in the walkthrough of upstream's test adapter",
    hasQueue: false,
    defaults: { 'hpa.target': '300m', 'hpa.max': '10' },
    unused: [...QUEUE_ONLY, 'consumer.serviceTime', 'consumer.startDelay', 'consumer.failureRate'],
    next: ['metrics-lab metric set services/sample-app/test-metric 900m', 'metrics-lab watch hpa'],
  },
};

export const PIPELINE_NAMES: readonly PipelineName[] = Object.keys(PIPELINES) as PipelineName[];

/** Whether a lab has a queue and with it a ledger. */
export function hasQueue(spec: { readonly bare?: boolean; readonly pipeline: PipelineName }): boolean {
  return spec.bare !== true && PIPELINES[spec.pipeline].hasQueue;
}
