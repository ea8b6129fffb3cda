import type { LabelSelector } from '../api/types.ts';
import type { Int64 } from '../go-numbers.ts';
import { labelSelectorGoText } from '../labels/label-selector.ts';
import type { Parsed, Selector } from '../labels/requirement.ts';
import { type Answer, type CalcContext, failed, type Proposal } from './context.ts';
import { averageReplicas, sumForAverage, sumForValue, valueReplicas } from './totals.ts';

/** The metric's name and selector, and what the external metrics API said (milli-units). */
export interface ExternalMetric {
  readonly name: string;
  readonly namespace: string;
  /** As in the spec, for the error text. */
  readonly selector: LabelSelector | undefined;
  /** The same, parsed. */
  readonly parsed: Parsed<Selector>;
  /** Not looked at when the selector is bad. */
  readonly answer: Answer<readonly Int64[]>;
}

/** The error before any value is there; null when there is none. */
function errorOf({ name, namespace, selector, parsed, answer }: ExternalMetric): string | null {
  if ('error' in parsed) return parsed.error;
  if (!('error' in answer)) return null;
  return `unable to get external metric ${namespace}/${name}/${labelSelectorGoText(selector)}: ${answer.error}`;
}

const NO_VALUES: readonly Int64[] = [];
const valuesOf = ({ answer }: ExternalMetric): readonly Int64[] => ('error' in answer ? NO_VALUES : answer.ok);

/** Upstream: replica_calculator.go GetExternalMetricReplicas. `readyPods` as in {@link valueReplicas}. */
export function getExternalMetricReplicas(
  ctx: CalcContext,
  current: number,
  target: Int64,
  metric: ExternalMetric,
  readyPods: number,
  out: Proposal,
): void {
  const error = errorOf(metric);
  if (error !== null) {
    failed(out, error);
    return;
  }
  const usage = sumForValue(valuesOf(metric), ctx.rules.externalSumCap);
  valueReplicas(ctx, current, usage, target, readyPods, out);
}

/** Upstream: replica_calculator.go GetExternalPerPodMetricReplicas. */
export function getExternalPerPodMetricReplicas(
  ctx: CalcContext,
  statusReplicas: number,
  target: Int64,
  metric: ExternalMetric,
  out: Proposal,
): void {
  const error = errorOf(metric);
  if (error !== null) {
    failed(out, error);
    return;
  }
  const capped = ctx.rules.externalAverageCap;
  averageReplicas(ctx, statusReplicas, sumForAverage(valuesOf(metric), capped), target, capped, out);
}
