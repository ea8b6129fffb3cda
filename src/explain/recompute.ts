import {
  DEFAULT_FLAGS,
  defaultHpa,
  type DecisionRecord,
  type HpaMemory,
  type HpaV2,
  type MetricAnswer,
  type PodObject,
  type ReconcileInput,
  type ReconcileOutput,
  reconcile,
} from '../hpa/index.ts';
import { because } from './bundle.ts';
import { type AnswerView, type HpaView, metricName, type ScaleView, scaleOf, targetText } from './hpa-view.ts';
import { targetKind } from './samples.ts';

/** One HPA with what the twin makes of its evidence. */
export interface Case {
  readonly view: HpaView;
  /** null when the controller has not looked at the HPA yet: then it is the first sync that is computed. */
  readonly lastSync: { readonly current: number; readonly desired: number } | null;
  /** The sync as the twin computes it, or why it cannot. */
  readonly sync: Sync | { readonly impossible: readonly string[] };
}

export interface Sync {
  readonly input: ReconcileInput;
  readonly scale: ScaleView;
  /** Where the replica counts of `scale` come from. */
  readonly replicasFrom: {
    readonly spec: string;
    readonly status: string;
    /** status.replicas of that time is not known. */
    readonly assumed: boolean;
  };
  readonly output: ReconcileOutput;
}

/** The case of one HPA. Pure: the same view gives the same case. */
export function caseOf(view: HpaView): Case {
  const { hpa } = view;
  const lastSync = hasSynced(hpa) ? { current: hpa.status.currentReplicas, desired: hpa.status.desiredReplicas } : null;
  const scale = scaleOf(view);
  const impossible = missing(view, scale);
  if (scale === null || impossible.length > 0) return { view, lastSync, sync: { impossible } };
  return { view, lastSync, sync: compute(view, lastSync, scale) };
}

/** Whether the controller has looked at the HPA yet. */
export const hasSynced = ({ status }: HpaV2): boolean =>
  status.conditions?.some(({ type }) => type === 'AbleToScale') === true;

/** Facts without which a sync cannot be computed. */
function missing(view: HpaView, scale: ScaleView | null): readonly string[] {
  if (scale === null) {
    const unread = view.unread.find(({ of }) => of === targetText(view));
    const refused = view.scale !== null && 'error' in view.scale ? view.scale.error.message : 'it was not recorded';
    return [
      `cannot read scale of ${targetText(view)} (${unread === undefined ? refused : because(unread)}), so nobody knows which pods these are`,
    ];
  }
  const unread = (view.hpa.spec.metrics ?? []).flatMap((spec, index) => {
    if (view.asked[index] !== true || (view.answers[index] ?? null) !== null) return [];
    const found = view.unread.find(({ path }) => path === view.paths[index]);
    return [`cannot read metric ${metricName(spec)} (${found === undefined ? 'it was not recorded' : because(found)})`];
  });
  return [...unread, ...(view.pods === null && needsPods(view.hpa) ? ['cannot list pods'] : [])];
}

/** Whether pods count: all but External and Object metrics with an AverageValue, which go by status.replicas. */
function needsPods({ spec }: HpaV2): boolean {
  return (spec.metrics ?? []).some(
    (metric) => (metric.type !== 'External' && metric.type !== 'Object') || targetKind(metric) !== 'AverageValue',
  );
}

function compute(view: HpaView, lastSync: Case['lastSync'], observed: ScaleView): Sync {
  const rescaled = lastSync !== null && lastSync.current !== observed.spec;
  const from = `scale of ${targetText(view)}`;
  const scale = rescaled ? { ...observed, spec: lastSync.current, status: lastSync.current } : observed;
  const replicasFrom = rescaled
    ? {
        spec: 'status.currentReplicas: spec.replicas before the last sync',
        status: 'taken to be as spec.replicas was',
        assumed: true,
      }
    : { spec: from, status: from, assumed: false };
  const input = { ...inputOf(view, scale, view.pods ?? []), hpa: atSyncStart(view, lastSync) };
  return { input, scale, replicasFrom, output: reconcile(input) };
}

/** Nobody outside of the controller knows what it remembers: it computes as if there were no earlier recommendation and no scale event. */
const NO_MEMORY: HpaMemory = { recommendations: [], scaleUpEvents: [], scaleDownEvents: [], selector: null };

function inputOf(view: HpaView, scale: ScaleView, pods: readonly PodObject[]): ReconcileInput {
  return {
    platform: view.platform,
    flags: DEFAULT_FLAGS,
    nowMs: view.nowMs,
    hpa: view.hpa,
    memory: NO_MEMORY,
    otherHpas: [],
    scale: { specReplicas: scale.spec, statusReplicas: scale.status, selector: scale.selector },
    pods,
    metrics: view.answers.map((_, index) => answerAsMetric(view, index)),
    record: true,
  };
}

/** A sync that left zero found condition ScaledToZero True, which it then changed. */
function atSyncStart(view: HpaView, lastSync: Case['lastSync']): HpaV2 {
  const hpa = defaultHpa(view.hpa);
  if (lastSync === null || lastSync.current !== 0 || lastSync.desired === 0) return hpa;
  const conditions = (hpa.status.conditions ?? []).map((condition) =>
    condition.type === 'ScaledToZero' ? { ...condition, status: 'True' } : condition,
  );
  return { ...hpa, status: { ...hpa.status, conditions } };
}

/** What the controller would decide now from the recorded answers, if these were the pods; null = it cannot be computed. */
export function recompute(view: HpaView, pods: readonly PodObject[] | null = view.pods): DecisionRecord | null {
  const scale = scaleOf(view);
  if (scale === null || (pods === null && needsPods(view.hpa))) return null;
  return reconcile(inputOf(view, scale, pods ?? [])).record;
}

/** The answer to one entry of spec.metrics as the twin reads it. Its items were written by a metrics API, so their shape is that of the API. */
export function answerAsMetric(view: HpaView, index: number): MetricAnswer | undefined {
  const answer = view.answers[index] ?? null;
  if (answer === null) return undefined;
  const type = view.hpa.spec.metrics?.[index]?.type ?? '';
  const items = itemsOf(answer);
  const read = items === null ? { error: errorText(answer) } : { items: items as never[] };
  if (type === 'External') return { external: read };
  return type === 'Pods' || type === 'Object' ? { custom: read } : { resource: read };
}

/** The items of an answer; null when it is an error. */
export function itemsOf(answer: AnswerView): readonly Readonly<Record<string, unknown>>[] | null {
  const { body, status } = answer;
  if (status !== 200 || body === null || typeof body !== 'object' || !('items' in body)) return null;
  return Array.isArray(body.items) ? body.items : null;
}

/** What an answer that is no list says. */
function errorText({ status, body }: AnswerView): string {
  if (body !== null && typeof body === 'object' && 'message' in body) return String(body.message);
  return typeof body === 'string' && body.trim() !== '' ? body.trim() : `status ${status}`;
}
