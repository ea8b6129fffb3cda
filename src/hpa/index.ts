/** The one public door of the twin. */
export type * from './api/types.ts';
export { type CompiledHpa, type CompiledMetric, compileHpa } from './compile.ts';
export { decisionText } from './decision-text.ts';
export { type DecideInput, Decider, type Decision, type MetricSample, newDecision } from './decide.ts';
export { cloneMemory, type HpaMemory, newMemory, type Recommendation, type ScaleEvent } from './memory.ts';
export type {
  ApiAnswer,
  CustomItem,
  ExternalItem,
  MetricAnswer,
  ResourceItem,
} from './metrics/answers.ts';
export { type MetricQuery, metricQueries } from './metrics/queries.ts';
export { type PodObject, podView } from './pods/from-object.ts';
export { type ContainerView, type PodView, readyPodsCount } from './pods/pod.ts';
export { type Enqueued, enqueue, type InformerEvent, type QueueCall, rateLimiterDelayMs } from './queue.ts';
export {
  type Arch,
  NEWEST_MINOR,
  OLDEST_MINOR,
  QUIRK_ROWS,
  type QuirkName,
  type QuirkRow,
  type Quirks,
  quirksOf,
} from './quirks.ts';
export { type Plan, planReconcile } from './reconcile/plan.ts';
export {
  type ControllerEvent,
  type ControllerFlags,
  DEFAULT_FLAGS,
  type HpaObject,
  type ReconcileInput,
  type ReconcileOutput,
  type RegisteredHpa,
  type ScaleAnswer,
  type ScaleUpdateError,
  type WriteAnswers,
} from './reconcile/types.ts';
export { ALL_SUCCEED, finishReconcile, reconcile } from './reconcile.ts';
export { type DecisionLimit, type DecisionRecord, type DecisionStep, recordOf, type Trace } from './record.ts';
export { type DecisionLine, decisionLines, milliNumber, ratioNumber } from './step-text.ts';
export { defaultGates, type Gates, type Platform, type Rules, rulesOf } from './rules.ts';
