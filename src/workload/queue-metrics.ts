import type { QueueKind } from '../contracts/lab-spec.ts';
import type { SourceConfig } from '../sources/config.ts';
import { GROUP } from '../sources/lab-redis-layout.ts';
import { METRIC_NAME } from './manifests.ts';

export interface QueueMetric {
  readonly metric: string;
  readonly source: SourceConfig;
}

const TIMEOUT_MS = 4_000;

/**
 * The metrics of a lab's queue, all with the label `queue`: `queue_length` (waiting and in flight, what the HPA scales on),
 * `queue_waiting` and `queue_in_flight`. `urlFile` names the file with the queue's URL.
 */
export function queueMetrics(
  queue: { readonly kind: QueueKind; readonly name: string },
  urlFile: string,
): readonly QueueMetric[] {
  const common = { urlFile, labels: { queue: queue.name }, timeoutMs: TIMEOUT_MS };
  const named = (backlog: SourceConfig, waiting: SourceConfig, inFlight: SourceConfig) => [
    { metric: METRIC_NAME, source: backlog },
    { metric: 'queue_waiting', source: waiting },
    { metric: 'queue_in_flight', source: inFlight },
  ];
  if (queue.kind === 'beanstalkd') {
    const tube = { type: 'beanstalkd', tube: queue.name, ...common } as const;
    return named({ ...tube, value: 'backlog' }, { ...tube, value: 'ready' }, { ...tube, value: 'reserved' });
  }
  if (queue.kind === 'redis-stream') {
    const stream = { type: 'redis', structure: 'stream', key: queue.name, group: GROUP, ...common } as const;
    return named({ ...stream, value: 'backlog' }, { ...stream, value: 'lag' }, { ...stream, value: 'pending' });
  }
  const list = { type: 'redis', structure: 'list', key: queue.name, ...common } as const;
  return named({ ...list, value: 'backlog' }, { ...list, value: 'length' }, { ...list, value: 'in-flight' });
}
