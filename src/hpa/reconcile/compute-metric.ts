import type { MetricIdentifier, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../api/types.ts';
import type { Int64 } from '../go-numbers.ts';
import { quote } from '../go-format.ts';
import { labelSelectorAsSelector, labelSelectorGoText } from '../labels/label-selector.ts';
import { externalMetrics, type MetricAnswer, objectMetric, rawMetrics, resourceMetrics } from '../metrics/answers.ts';
import { milliOrZero } from '../milli.ts';
import { type PodView, readyPodsCount } from '../pods/pod.ts';
import { canonicalQuantity, milliText } from '../quantity/milli.ts';
import { type CalcContext, newProposal, type Proposal } from '../replicas/context.ts';
import { getExternalMetricReplicas, getExternalPerPodMetricReplicas } from '../replicas/external.ts';
import { getObjectMetricReplicas, getObjectPerPodMetricReplicas, type ObjectMetric } from '../replicas/object.ts';
import { getMetricReplicas, getRawResourceReplicas, getResourceReplicas } from '../replicas/per-pod.ts';
import type { Rules } from '../rules.ts';

/** What Go's controller dies with when it follows a nil quantity. */
export const NIL_POINTER = 'runtime error: invalid memory address or nil pointer dereference';

/** What one metric gave. `reason` null: it failed without an event and with an empty condition. */
export type MetricOutcome =
  | { readonly kind: 'value'; readonly replicas: number; readonly name: string; readonly status: MetricStatus }
  | { readonly kind: 'failed'; readonly reason: string | null; readonly event: string; readonly error: string }
  | { readonly kind: 'panic'; readonly text: string };

/** What a metric is computed from. */
export interface MetricInput {
  readonly ctx: CalcContext;
  readonly namespace: string;
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly pods: readonly PodView[];
  readonly answer: MetricAnswer | undefined;
}

const UNANSWERED = { error: 'the answer of this metrics API was not given' };

/** A status value as the API server stores it: printed by the controller, then read and printed again. */
function statusText(milli: Int64, binary: boolean): string {
  return canonicalQuantity(milliText(milli, binary ? 'BinarySI' : 'DecimalSI'));
}

function failure(reason: string, event: string, error: string): MetricOutcome {
  return { kind: 'failed', reason, event, error };
}

const identifier = ({ name, selector }: MetricIdentifier): MetricIdentifier =>
  selector === undefined ? { name } : { name, selector };

/** Upstream: horizontal.go computeStatusForObjectMetric. */
function computeObject(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
  const source = spec.object;
  if (source === undefined) return { kind: 'panic', text: NIL_POINTER };
  const reason = 'FailedGetObjectMetric';
  const prefix = 'failed to get object metric value';
  const selector = labelSelectorAsSelector(source.metric.selector, rules);
  if ('error' in selector) return failure(reason, selector.error, `${prefix}: ${selector.error}`);
  const { target, metric, describedObject } = source;
  const value = target.type === 'Value';
  const text = value ? target.value : target.averageValue;
  if ((!value && target.type !== 'AverageValue') || (text === undefined && !rules.objectTypeMismatchPanics)) {
    const error = 'invalid object metric source: neither a value target nor an average value target was set';
    return failure(reason, error, `${prefix}: ${error}`);
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
    return failure(reason, out.error, `${prefix}: ${inner}`);
  }
  const usage = statusText(out.usage, false);
  const noObject = !value && rules.objectStatusWithoutDescribedObject;
  return {
    kind: 'value',
    replicas: out.replicas,
    name: value
      ? `${describedObject.kind} metric ${metric.name}`
      : `external metric ${metric.name}(${labelSelectorGoText(metric.selector)})`,
    status: {
      type: 'Object',
      object: {
        metric: identifier(metric),
        current: value ? { value: usage } : { averageValue: usage },
        describedObject: noObject ? { kind: '', name: '' } : describedObject,
      },
    },
  };
}

/** Upstream: horizontal.go computeStatusForPodsMetric. */
function computePods(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
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

interface ResourceResult {
  readonly replicas: number;
  readonly name: string;
  readonly current: MetricValueStatus;
}

/** Upstream: horizontal.go computeStatusForResourceMetricGeneric. */
function computeResourceGeneric(
  resource: string,
  container: string,
  target: MetricTarget,
  input: MetricInput,
  rules: Rules,
): ResourceResult | { readonly error: string } {
  const { answer, ctx, specReplicas, pods } = input;
  const fetched = answer !== undefined && 'resource' in answer ? answer.resource : UNANSWERED;
  const out: Proposal = newProposal();
  const average = target.averageValue;
  if (average === undefined && target.averageUtilization === undefined) {
    return {
      error:
        'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
    };
  }
  const metrics = resourceMetrics(fetched, resource, container, rules);
  if (average !== undefined) {
    getRawResourceReplicas(ctx, specReplicas, milliOrZero(average), resource, metrics, pods, out);
    if (out.error !== null) return { error: `failed to get ${resource} usage: ${out.error}` };
  } else {
    const percent = target.averageUtilization ?? 0;
    getResourceReplicas(ctx, specReplicas, percent, resource, container, metrics, pods, out);
    if (out.error !== null) return { error: `failed to get ${resource} utilization: ${out.error}` };
  }
  const averageValue = statusText(out.usage, resource === 'memory' && rules.binaryMemoryStatus);
  if (average !== undefined) return { replicas: out.replicas, name: `${resource} resource`, current: { averageValue } };
  const what = container !== '' && rules.containerResourceText ? 'container resource' : 'resource';
  return {
    replicas: out.replicas,
    name: `${resource} ${what} utilization (percentage of request)`,
    current: { averageValue, averageUtilization: out.utilization },
  };
}

/** Upstream: horizontal.go computeStatusForResourceMetric. */
function computeResource(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
  const source = spec.resource;
  if (source === undefined) return { kind: 'panic', text: NIL_POINTER };
  const result = computeResourceGeneric(source.name, '', source.target, input, rules);
  if ('error' in result) {
    const error = `failed to get ${source.name} resource metric value: ${result.error}`;
    return failure('FailedGetResourceMetric', result.error, error);
  }
  const { replicas, name, current } = result;
  return { kind: 'value', replicas, name, status: { type: 'Resource', resource: { name: source.name, current } } };
}

/** Upstream: horizontal.go computeStatusForContainerResourceMetric. */
function computeContainerResource(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
  const source = spec.containerResource;
  if (source === undefined) return { kind: 'panic', text: NIL_POINTER };
  if (!rules.containerMetrics) {
    const error = 'ContainerResource metric type is not supported: disabled by the feature gate';
    return { kind: 'failed', reason: null, event: '', error };
  }
  const result = computeResourceGeneric(source.name, source.container, source.target, input, rules);
  if ('error' in result) {
    const error = `failed to get ${source.container} container metric value: ${result.error}`;
    return failure('FailedGetContainerResourceMetric', result.error, error);
  }
  const { replicas, name, current } = result;
  const containerResource = { name: source.name, container: source.container, current };
  return { kind: 'value', replicas, name, status: { type: 'ContainerResource', containerResource } };
}

/** Upstream: horizontal.go computeStatusForExternalMetric. */
function computeExternal(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
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

/** What one entry of spec.metrics asks for. Upstream: horizontal.go computeReplicasForMetric. */
export function computeReplicasForMetric(spec: MetricSpec, input: MetricInput): MetricOutcome {
  const { rules } = input.ctx;
  switch (spec.type) {
    case 'Object':
      return computeObject(spec, input, rules);
    case 'Pods':
      return computePods(spec, input, rules);
    case 'Resource':
      return computeResource(spec, input, rules);
    case 'ContainerResource':
      return computeContainerResource(spec, input, rules);
    case 'External':
      return computeExternal(spec, input, rules);
    default: {
      const error = `unknown metric source type ${quote(spec.type)}`;
      return failure('InvalidMetricSourceType', error, error);
    }
  }
}
