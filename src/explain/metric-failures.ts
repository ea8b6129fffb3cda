import { conditionOf, eventTime, hasCondition, type HpaView, metricName } from './hpa-view.ts';
import { recompute } from './recompute.ts';
import { currentOf } from './samples.ts';

/** A metric that the last sync could not use. */
export interface MetricFailure {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  /** The error as the controller or the API said it; '' = nobody said one. */
  readonly message: string;
  /** The message as evidence, with where it is from; '' = nobody said one. */
  readonly evidence: string;
  /** HTTP status of the recorded answer; null = not asked. */
  readonly answerStatus: number | null;
  readonly path: string | null;
}

/** Failing metrics: blank slots of the status, and the metric that ScalingActive complains of. */
export function failuresOf(view: HpaView): readonly MetricFailure[] {
  const { hpa } = view;
  const specs = hpa.spec.metrics ?? [];
  const active = conditionOf(hpa, 'ScalingActive');
  const refused = active?.status === 'False' && /^(FailedGet|InvalidMetricSourceType)/.test(active.reason ?? '');
  const computed = refused || hasCondition(hpa, 'ScalingActive', 'True');
  const slots = hpa.status.currentMetrics ?? null;
  const frozen = refused && view.rules.frozenMetricsOnFailure;
  return specs.flatMap((spec, index) => {
    const blank = computed && slots !== null && slots[index] !== undefined && currentOf(hpa, index) === undefined;
    const name = metricName(spec);
    if (!blank && !(frozen && isBlamed(view, index, name))) return [];
    const answer = view.answers[index] ?? null;
    const common = { index, name, type: spec.type, answerStatus: answer?.status ?? null, path: answer?.path ?? null };
    return [{ ...common, ...messageOf(view, index, name) }];
  });
}

type Said = Pick<MetricFailure, 'message' | 'evidence'>;

const observed = (message: string, where: string): Said => ({ message, evidence: `observed: ${where}: ${message}` });

const REASONS: Readonly<Record<string, string>> = {
  External: 'FailedGetExternalMetric',
  Pods: 'FailedGetPodsMetric',
  Object: 'FailedGetObjectMetric',
  Resource: 'FailedGetResourceMetric',
  ContainerResource: 'FailedGetContainerResourceMetric',
};

/** Whether ScalingActive=False complains of this metric. */
function isBlamed({ hpa }: HpaView, index: number, name: string): boolean {
  const specs = hpa.spec.metrics ?? [];
  const active = conditionOf(hpa, 'ScalingActive');
  if (specs.length === 1) return true;
  return active?.reason === REASONS[specs[index]?.type ?? ''] && mentions(active?.message ?? '', name);
}

/** What was said of a failing metric: by the condition, else by the newest event that can be of it, else by the answer, else by the twin. */
function messageOf(view: HpaView, index: number, name: string): Said {
  const specs = view.hpa.spec.metrics ?? [];
  const type = specs[index]?.type ?? '';
  const reason = REASONS[type];
  const alone = specs.filter((spec) => spec.type === type).length === 1;
  const isOf = (text: string) => alone || mentions(text, name);
  const active = conditionOf(view.hpa, 'ScalingActive');
  if (active?.status === 'False' && active.reason === reason && isOf(active.message ?? '')) {
    return observed(active.message ?? '', `condition ScalingActive=False ${active.reason}`);
  }
  const event = view.events.findLast((found) => found.reason === reason && isOf(found.note));
  if (event !== undefined) {
    return observed(event.note, `event ${event.reason}${timeText(eventTime(event))}`);
  }
  const answer = view.answers[index] ?? null;
  if (answer === null) return { message: '', evidence: '' };
  const answered = answerText(answer.status, answer.body, type);
  return answered === '' ? computedOf(view, index) : observed(answered, `GET ${answer.path}`);
}

/** ", of 12:00:03" where the event tells a time. */
const timeText = (ms: number): string => (Number.isFinite(ms) ? ` of ${new Date(ms).toISOString()}` : '');

/** What the controller makes of a readable answer, such as a missing request; events of it may be gone. */
function computedOf(view: HpaView, index: number): Said {
  for (const step of recompute(view)?.steps ?? [])
    if (step.rule === 'metric-failed' && step.inputs.metric === index)
      return { message: step.result, evidence: `computed: ${step.upstream}: ${step.result}` };
  return { message: '', evidence: '' };
}

/** Whether an error names the metric as a word of its own. */
export function mentions(text: string, name: string): boolean {
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[\\s/"])${quoted}($|[\\s/":.,])`).test(text);
}

function answerText(status: number, body: unknown, type: string): string {
  if (status === 200) {
    const items = body !== null && typeof body === 'object' && 'items' in body ? body.items : undefined;
    const api = type === 'External' ? 'external' : type.endsWith('Resource') ? 'resource' : 'custom';
    return Array.isArray(items) && items.length === 0 ? `no metrics returned from ${api} metrics API` : '';
  }
  if (body !== null && typeof body === 'object' && 'message' in body) return String(body.message);
  return typeof body === 'string' ? body.trim() : '';
}
