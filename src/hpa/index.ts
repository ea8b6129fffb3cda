/** The one public door of the twin. */
export { type Decoded, decodeV1, decodeV2, encodeSpecV2, encodeV1, encodeV2 } from './api/codec.ts';
export { defaultV1, v1ToV2, v2ToV1 } from './api/convert-v1.ts';
export { defaultBehavior, defaultHpa, defaultSpec } from './api/defaults.ts';
export { errorText, type FieldError, invalidMessage } from './api/field-error.ts';
export { type FieldPath, pathText } from './api/field-path.ts';
export { type ApiPlatform, type ApiRules, apiRules } from './api/gates.ts';
export { prepareForCreate, prepareForUpdate } from './api/prepare.ts';
export { validateHpa, validateHpaStatus } from './api/validate.ts';
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
export { type DescribeOptions, describeHpa } from './render/describe.ts';
export { type HpaCells, hpaCells, targetsText } from './render/table.ts';
export { parseQuantity } from './quantity/parse.ts';
export { canonicalQuantity, milliText } from './quantity/milli.ts';
export { quantitySum } from './quantity/sum.ts';
