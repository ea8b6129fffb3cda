import { LabError } from '../../errors/lab-error.ts';

/** What a name on the command line means. */
export type MetricTarget =
  | { readonly kind: 'external'; readonly metric: string }
  | { readonly kind: 'custom'; readonly resource: string; readonly object: string; readonly metric: string };

/** `queue_length` or `services/web/rps`. Raises ML-USAGE-VALUE. */
export function metricTarget(text: string): MetricTarget {
  const parts = text.split('/');
  const [first = '', object = '', metric = ''] = parts;
  if (parts.length === 1) return { kind: 'external', metric: first };
  if (parts.length === 3 && !parts.includes('')) return { kind: 'custom', resource: first, object, metric };
  throw new LabError('ML-USAGE-VALUE', {
    name: '<name>',
    value: text,
    expected: 'a metric such as queue_length, or resource/object/metric such as services/web/rps',
  });
}

/** The segments of its path, encoded: `queue_length`, `services/web/rps`. */
export function targetPath(target: MetricTarget): string {
  const parts = target.kind === 'external' ? [target.metric] : [target.resource, target.object, target.metric];
  return parts.map(encodeURIComponent).join('/');
}
