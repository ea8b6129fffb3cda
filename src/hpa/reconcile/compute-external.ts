import type { MetricSpec } from '../api/types.ts';
import { labelSelectorAsSelector, labelSelectorGoText } from '../labels/label-selector.ts';
import { externalMetrics } from '../metrics/answers.ts';
import { milliOrZero } from '../milli.ts';
import { readyPodsCount } from '../pods/pod.ts';
import { newProposal } from '../replicas/context.ts';
import { getExternalMetricReplicas, getExternalPerPodMetricReplicas } from '../replicas/external.ts';
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

/** Upstream: horizontal.go computeStatusForExternalMetric. */
export function computeExternal(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
  const source = spec.external;
  if (source === undefined) return { kind: 'panic', text: NIL_POINTER };
  const reason = 'FailedGetExternalMetric';
  const { metric, target } = source;
  const prefix = `failed to get ${metric.name} external metric value`;
  const average = target.averageValue;
  const text = average ?? target.value;
  if (text === undefined) {
    const error = 'invalid external metric source: neither a value target nor an average value target was set';
    return failure(reason, error, `${prefix}: ${error}`);
  }
  const { answer, ctx } = input;
  const asked = {
    name: metric.name,
    namespace: input.namespace,
    selector: metric.selector,
    parsed: labelSelectorAsSelector(metric.selector, rules),
    answer: externalMetrics(answer !== undefined && 'external' in answer ? answer.external : UNANSWERED),
  };
  const out = newProposal();
  const milli = milliOrZero(text);
  if (average === undefined) {
    getExternalMetricReplicas(ctx, input.specReplicas, milli, asked, readyPodsCount(input.pods), out);
  } else {
    getExternalPerPodMetricReplicas(ctx, input.statusReplicas, milli, asked, out);
  }
  if (out.error !== null) {
    const what = average === undefined ? `external metric ${metric.name}` : `${metric.name} external metric`;
    return failure(reason, out.error, `${prefix}: failed to get ${what}: ${out.error}`);
  }
  const usage = statusText(out.usage, false);
  const current = average === undefined ? { value: usage } : { averageValue: usage };
  return {
    kind: 'value',
    replicas: out.replicas,
    name: `external metric ${metric.name}(${labelSelectorGoText(metric.selector)})`,
    status: { type: 'External', external: { metric: identifier(metric), current } },
  };
}
