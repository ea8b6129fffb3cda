import type { MetricSpec } from '../api/types.ts';
import { quote } from '../go-format.ts';
import { computeExternal } from './compute-external.ts';
import { computeObject } from './compute-object.ts';
import { computePods } from './compute-pods.ts';
import { computeContainerResource, computeResource } from './compute-resource.ts';
import { failure, type MetricInput, type MetricOutcome } from './metric-outcome.ts';

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
