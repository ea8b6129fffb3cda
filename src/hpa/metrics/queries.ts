import type { HpaSpec, MetricSpec } from '../api/types.ts';
import { labelSelectorAsSelector } from '../labels/label-selector.ts';
import { parseSelector } from '../labels/parse.ts';
import { selectorText } from '../labels/requirement.ts';
import type { Rules } from '../rules.ts';

/** What a cycle asks a metrics API for one entry of spec.metrics. Selectors as they are sent. */
export type MetricQuery =
  /** LIST pods.metrics.k8s.io of the HPA's namespace. */
  | { readonly api: 'resource'; readonly labelSelector: string }
  /** GET custom.metrics.k8s.io …/pods/(star)/<metric>. */
  | {
      readonly api: 'custom';
      readonly kind: 'pods';
      readonly metric: string;
      readonly labelSelector: string;
      readonly metricLabelSelector: string;
    }
  /** GET custom.metrics.k8s.io …/<resource of groupKind>/<name>/<metric>; `rootScoped`: namespaces/<ns>/metrics/<metric>. */
  | {
      readonly api: 'custom';
      readonly kind: 'object';
      readonly metric: string;
      readonly object: { readonly kind: string; readonly group: string; readonly name: string };
      readonly rootScoped: boolean;
      readonly metricLabelSelector: string;
    }
  /** LIST external.metrics.k8s.io namespaces/<ns>/<metric>. */
  | { readonly api: 'external'; readonly metric: string; readonly labelSelector: string };

/** "apps" of "apps/v1"; "" of "v1". schema.FromAPIVersionAndKind. */
function groupOf(apiVersion: string | undefined): string {
  const parts = (apiVersion ?? '').split('/');
  return parts.length === 2 ? (parts[0] ?? '') : '';
}

function objectQuery(spec: MetricSpec, namespace: string, rules: Rules): MetricQuery | null {
  const source = spec.object;
  if (source === undefined) return null;
  const selector = labelSelectorAsSelector(source.metric.selector, rules);
  if ('error' in selector) return null;
  const { type, value, averageValue } = source.target;
  const asked = (type === 'Value' && value !== undefined) || (type === 'AverageValue' && averageValue !== undefined);
  if (!asked) return null;
  const { kind, apiVersion, name } = source.describedObject;
  const group = groupOf(apiVersion);
  // The name of a Namespace object is ignored: the metric is always that of the HPA's own namespace.
  const rootScoped = kind === 'Namespace' && group === '';
  return {
    api: 'custom',
    kind: 'object',
    metric: source.metric.name,
    object: { kind, group, name: rootScoped ? namespace : name },
    rootScoped,
    metricLabelSelector: selectorText(selector.ok),
  };
}

function query(spec: MetricSpec, namespace: string, labelSelector: string, rules: Rules): MetricQuery | null {
  switch (spec.type) {
    case 'Object':
      return objectQuery(spec, namespace, rules);
    case 'Pods': {
      const selector = labelSelectorAsSelector(spec.pods?.metric.selector, rules);
      if (spec.pods === undefined || 'error' in selector) return null;
      const metricLabelSelector = selectorText(selector.ok);
      return { api: 'custom', kind: 'pods', metric: spec.pods.metric.name, labelSelector, metricLabelSelector };
    }
    case 'External': {
      const selector = labelSelectorAsSelector(spec.external?.metric.selector, rules);
      if (spec.external === undefined || 'error' in selector) return null;
      return { api: 'external', metric: spec.external.metric.name, labelSelector: selectorText(selector.ok) };
    }
    case 'Resource':
    case 'ContainerResource':
      return { api: 'resource', labelSelector };
    default:
      return null;
  }
}

/**
 * What a cycle asks the metrics APIs, by index of spec.metrics; null where it asks nothing. All null when the scale's selector
 * is bad, since then nothing is asked.
 *
 * @param scaleSelector status.selector of the scale
 */
export function metricQueries(
  spec: HpaSpec,
  namespace: string,
  scaleSelector: string,
  rules: Rules,
): readonly (MetricQuery | null)[] {
  const metrics = spec.metrics ?? [];
  const selector = parseSelector(scaleSelector, rules);
  if (scaleSelector === '' || 'error' in selector) return metrics.map(() => null);
  const text = selectorText(selector.ok);
  return metrics.map((metric) => query(metric, namespace, text, rules));
}
