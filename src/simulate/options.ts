import type { DecisionRecord } from '../hpa/index.ts';
import type { Autoscaler } from './autoscaler.ts';
import type { LoadShape } from './load/shape.ts';
import type { Trace } from './load/trace.ts';
import type { PipelineModel } from './metric-pipeline.ts';
import type { PodModel } from './queue/pod-model.ts';

/** What drives the metric: items in a queue, or a trace of the metric itself. */
export type Drive =
  | {
      readonly kind: 'load';
      readonly load: LoadShape /** What of the queue is measured. */;
      readonly measure: QueueMeasure;
    }
  | { readonly kind: 'trace'; readonly trace: Trace };
/** Waiting items only, or those being worked on too (as the lab's queue metric). */
export type QueueMeasure = 'waiting' | 'unfinished';

export interface SimulationOptions {
  readonly drive: Drive;
  readonly pods: PodModel;
  readonly pipeline: PipelineModel;
  readonly seconds: number;
  readonly syncSeconds: number;
  readonly initialReplicas: number;
  readonly seed: number;
  readonly autoscaler: Autoscaler;
  /** Called for each sync in order; what it keeps is its own business, so that a year needs no more memory than a day. */
  readonly onSync?: (entry: TimelineEntry) => void;
}

/** One sync. Times in seconds from the start. */
export interface TimelineEntry {
  readonly time: number;
  /** What the HPA was told; null when the metric could not be read. */
  readonly metric: number | null;
  /** Replicas before and after the decision. */
  readonly current: number;
  readonly desired: number;
  readonly ready: number;
  /** Waiting items, and how long the oldest has waited, in seconds; null without a queue. */
  readonly waiting: number | null;
  readonly oldestWait: number | null;
  readonly reason: string;
  readonly record: DecisionRecord | null;
}
