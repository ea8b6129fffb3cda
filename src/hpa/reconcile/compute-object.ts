import type { MetricSpec, MetricStatus, ObjectMetricSource } from '../api/types.ts';
import type { Int64 } from '../go-numbers.ts';
import { labelSelectorAsSelector, labelSelectorGoText } from '../labels/label-selector.ts';
import { objectMetric } from '../metrics/answers.ts';
import { milliOrZero } from '../milli.ts';
import { readyPodsCount } from '../pods/pod.ts';
import { newProposal } from '../replicas/context.ts';
import { getObjectMetricReplicas, getObjectPerPodMetricReplicas, type ObjectMetric } from '../replicas/object.ts';
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

const REASON = 'FailedGetObjectMetric';
const PREFIX = 'failed to get object metric value';
const NO_TARGET = 'invalid object metric source: neither a value target nor an average value target was set';

function statusOf(source: ObjectMetricSource, usage: Int64, value: boolean, rules: Rules): MetricStatus {
  const text = statusText(usage, false);
  const noObject = !value && rules.objectStatusWithoutDescribedObject;
  return {
    type: 'Object',
    object: {
      metric: identifier(source.metric),
      current: value ? { value: text } : { averageValue: text },
      describedObject: noObject ? { kind: '', name: '' } : source.describedObject,
    },
  };
}

/** Upstream: horizontal.go computeStatusForObjectMetric. */
export function computeObject(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
  const source = spec.object;
  if (source === undefined) return { kind: 'panic', text: NIL_POINTER };
  const selector = labelSelectorAsSelector(source.metric.selector, rules);
  if ('error' in selector) return failure(REASON, selector.error, `${PREFIX}: ${selector.error}`);
  const { target, metric, describedObject } = source;
  const value = target.type === 'Value';
  const text = value ? target.value : target.averageValue;
  if ((!value && target.type !== 'AverageValue') || (text === undefined && !rules.objectTypeMismatchPanics)) {
    return failure(REASON, NO_TARGET, `${PREFIX}: ${NO_TARGET}`);
  }
  if (text === undefined) return { kind: 'panic', text: NIL_POINTER };
  const { answer, ctx } = input;
  const asked: ObjectMetric = {
    name: metric.name,
    namespace: input.namespace,
    object: describedObject,
    answer: objectMetric(answer !== undefined && 'custom' in answer ? answer.custom : UNANSWERED),
  };
  const out = newProposal();
  const milli = milliOrZero(text);
  if (value) getObjectMetricReplicas(ctx, input.specReplicas, milli, asked, readyPodsCount(input.pods), out);
  else getObjectPerPodMetricReplicas(ctx, input.statusReplicas, milli, asked, out);
  if (out.error !== null) {
    const inner = value ? out.error : `failed to get ${metric.name} object metric: ${out.error}`;
    return failure(REASON, out.error, `${PREFIX}: ${inner}`);
  }
  const name = value
    ? `${describedObject.kind} metric ${metric.name}`
    : `external metric ${metric.name}(${labelSelectorGoText(metric.selector)})`;
  return { kind: 'value', replicas: out.replicas, name, status: statusOf(source, out.usage, value, rules) };
}
