import type { MetricSpec } from '../api/types.ts';
import { labelSelectorAsSelector } from '../labels/label-selector.ts';
import { rawMetrics } from '../metrics/answers.ts';
import { milliOrZero } from '../milli.ts';
import { newProposal } from '../replicas/context.ts';
import { getMetricReplicas } from '../replicas/per-pod-metrics.ts';
import type { Rules } from '../rules.ts';
import {
  failure,
  identifier,
  type MetricInput,
  type MetricOutcome,
  NIL_POINTER,
  statusText,
  UNANSWERED,
} from './metric-outcome.ts';

/** Upstream: horizontal.go computeStatusForPodsMetric. */
export function computePods(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
  const source = spec.pods;
  if (source?.target.averageValue === undefined) return { kind: 'panic', text: NIL_POINTER };
  const reason = 'FailedGetPodsMetric';
  const prefix = 'failed to get pods metric value';
  const selector = labelSelectorAsSelector(source.metric.selector, rules);
  if ('error' in selector) return failure(reason, selector.error, `${prefix}: ${selector.error}`);
  const { answer, ctx } = input;
  const values = rawMetrics(answer !== undefined && 'custom' in answer ? answer.custom : UNANSWERED);
  const out = newProposal();
  const milli = milliOrZero(source.target.averageValue);
  getMetricReplicas(ctx, input.specReplicas, milli, source.metric.name, values, input.pods, out);
  if (out.error !== null) return failure(reason, out.error, `${prefix}: ${out.error}`);
  const current = { averageValue: statusText(out.usage, false) };
  return {
    kind: 'value',
    replicas: out.replicas,
    name: `pods metric ${source.metric.name}`,
    status: { type: 'Pods', pods: { metric: identifier(source.metric), current } },
  };
}
