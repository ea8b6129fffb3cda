import type { HpaSpec, MetricSpec } from '../../hpa/api/types.ts';
import { milliText } from '../../hpa/index.ts';
import { plainMilli } from '../../hpa/quantity/milli.ts';

/** What `tune` may turn, as numbers. Everything else of the HPA stays. */
export interface Candidate {
  /** Of the one target that is a quantity, in thousandths; of a utilization in percent. */
  readonly target: number;
  readonly min: number;
  readonly max: number;
  readonly scaleDownWindowSeconds: number;
  /** Largest growth per 15 s, in percent of the replicas and in pods; the larger one counts, as in the default. */
  readonly upPercent: number;
  readonly upPods: number;
}

/** Upstream's own scale-up rules: 100 % or 4 pods per 15 s (defaults.go). */
export const DEFAULT_UP: Pick<Candidate, 'upPercent' | 'upPods'> = { upPercent: 100, upPods: 4 };
const PERIOD_SECONDS = 15;

/** The HPA's own numbers; undefined when its one metric has no target that can be turned. */
export function candidateOf(spec: HpaSpec): Candidate | undefined {
  const [metric, second] = spec.metrics ?? [];
  const target = metric === undefined || second !== undefined ? undefined : targetOf(metric);
  if (target === undefined) return undefined;
  const up = spec.behavior?.scaleUp?.policies ?? [];
  const most = (type: string) => up.find((policy) => policy.type === type)?.value;
  return {
    target,
    min: spec.minReplicas ?? 1,
    max: spec.maxReplicas,
    scaleDownWindowSeconds: spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? 300,
    upPercent: most('Percent') ?? (up.length === 0 ? DEFAULT_UP.upPercent : 0),
    upPods: most('Pods') ?? (up.length === 0 ? DEFAULT_UP.upPods : 0),
  };
}

/** The spec with the candidate's numbers in it: what is run, and what the patch says. */
export function specOf(spec: HpaSpec, candidate: Candidate): HpaSpec {
  const { min, max, target, scaleDownWindowSeconds, upPercent, upPods } = candidate;
  const policies = [
    ...(upPercent > 0 ? [{ type: 'Percent', value: upPercent, periodSeconds: PERIOD_SECONDS }] : []),
    ...(upPods > 0 ? [{ type: 'Pods', value: upPods, periodSeconds: PERIOD_SECONDS }] : []),
  ];
  return {
    ...spec,
    minReplicas: min,
    maxReplicas: max,
    metrics: (spec.metrics ?? []).map((metric) => withTarget(metric, target)),
    behavior: {
      ...spec.behavior,
      scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', ...spec.behavior?.scaleUp, policies },
      scaleDown: { ...spec.behavior?.scaleDown, stabilizationWindowSeconds: scaleDownWindowSeconds },
    },
  };
}

/** The candidate's target as the API writes it. */
export function targetText(spec: HpaSpec, target: number): string {
  const [metric] = spec.metrics ?? [];
  const source = metric === undefined ? undefined : sourceOf(metric);
  return source?.target.averageUtilization === undefined ? milliText(target, 'DecimalSI') : `${target}%`;
}

type Source = {
  readonly target: { readonly value?: string; readonly averageValue?: string; readonly averageUtilization?: number };
};

function sourceOf(metric: MetricSpec): Source | undefined {
  return metric.external ?? metric.object ?? metric.pods ?? metric.resource ?? metric.containerResource;
}

function targetOf(metric: MetricSpec): number | undefined {
  const target = sourceOf(metric)?.target;
  if (target === undefined) return undefined;
  if (target.averageUtilization !== undefined) return target.averageUtilization;
  const milli = plainMilli(target.averageValue ?? target.value ?? '');
  return Number.isNaN(milli) ? undefined : milli;
}

function withTarget(metric: MetricSpec, target: number): MetricSpec {
  const changed = (source: Source): Source => {
    const before = source.target;
    if (before.averageUtilization !== undefined) {
      return { ...source, target: { ...before, averageUtilization: Math.round(target) } };
    }
    const text = milliText(target, 'DecimalSI');
    const value = before.averageValue === undefined ? { value: text } : { averageValue: text };
    return { ...source, target: { ...before, ...value } };
  };
  const names = ['external', 'object', 'pods', 'resource', 'containerResource'] as const;
  const name = names.find((each) => metric[each] !== undefined);
  const source = name === undefined ? undefined : metric[name];
  return name === undefined || source === undefined ? metric : ({ ...metric, [name]: changed(source) } as MetricSpec);
}
