import {
  type DecisionRecord,
  DEFAULT_FLAGS,
  type MetricAnswer,
  newMemory,
  type PodObject,
  reconcile,
  type ReconcileInput,
} from '../hpa/index.ts';
import type { AnswerView, HpaView } from './hpa-view.ts';
import { scaleOf } from './hpa-view.ts';

/**
 * What the controller would decide from the recorded answers with an empty memory and its flags at their defaults; null = no scale.
 */
export function recompute(view: HpaView, pods: readonly PodObject[]): DecisionRecord | null {
  const scale = scaleOf(view);
  if (scale === null) return null;
  const metrics = view.answers.map((answer, index) =>
    answerAsMetric(view.hpa.spec.metrics?.[index]?.type ?? '', answer),
  );
  const input: ReconcileInput = {
    platform: view.platform,
    flags: DEFAULT_FLAGS,
    nowMs: view.nowMs,
    hpa: view.hpa,
    memory: newMemory(),
    otherHpas: [],
    scale: { specReplicas: scale.spec, statusReplicas: scale.status, selector: scale.selector },
    pods,
    metrics,
    record: true,
  };
  return reconcile(input).record;
}

/** What the metrics ask for, before anything bounds it; null = nothing. */
export function askedFor(view: HpaView, pods: readonly PodObject[]): number | null {
  return recompute(view, pods)?.asked ?? null;
}

/** A recorded answer as the twin reads it. Its items were written by a metrics API, so their shape is that of the API. */
export function answerAsMetric(type: string, answer: AnswerView | null): MetricAnswer | undefined {
  if (answer === null) return undefined;
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
