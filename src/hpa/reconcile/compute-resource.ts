import type { MetricSpec, MetricTarget, MetricValueStatus } from '../api/types.ts';
import { resourceMetrics } from '../metrics/answers.ts';
import { milliOrZero } from '../milli.ts';
import { newProposal } from '../replicas/context.ts';
import { getRawResourceReplicas, getResourceReplicas } from '../replicas/per-pod-metrics.ts';
import type { Rules } from '../rules.ts';
import {
  failure,
  type MetricInput,
  type MetricOutcome,
  NIL_POINTER,
  statusText,
  UNANSWERED,
} from './metric-outcome.ts';

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
  const out = newProposal();
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
export function computeResource(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
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
export function computeContainerResource(spec: MetricSpec, input: MetricInput, rules: Rules): MetricOutcome {
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
