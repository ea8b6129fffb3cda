import type { MetricQuery } from '../hpa/index.ts';

/** Finds the recorded path that answers a query of the controller. Paths are taken apart once, whatever the number of HPAs. */
export class AnswerIndex {
  readonly #exact = new Map<string, string>();
  readonly #objects = new Map<string, { readonly resource: string; readonly path: string }[]>();

  constructor(paths: readonly string[]) {
    for (const path of paths) this.#add(path);
  }

  #add(path: string): void {
    const url = new URL(path, 'http://bundle');
    const found = /^\/apis\/([^/]+)\/[^/]+\/namespaces\/([^/]+)\/(.+)$/.exec(url.pathname);
    if (found === null) return;
    const [, group = '', namespace = '', below = ''] = found;
    const rest = below.split('/').map(decodeURIComponent);
    const labels = url.searchParams.get('labelSelector') ?? '';
    const metricLabels = url.searchParams.get('metricLabelSelector') ?? '';
    const [first = '', second = '', metric = ''] = rest;
    if (group !== 'custom.metrics.k8s.io') this.#exact.set(keyOf(group, namespace, first, labels), path);
    else if (first === 'metrics') this.#exact.set(keyOf(group, namespace, first, second, metricLabels), path);
    else if (second === '*') this.#exact.set(keyOf(group, namespace, first, metric, labels, metricLabels), path);
    else {
      const key = keyOf(namespace, second, metric, metricLabels);
      const resource = first.split('.')[0] ?? '';
      this.#objects.set(key, [...(this.#objects.get(key) ?? []), { resource, path }]);
    }
  }

  /** null = nothing was recorded for it. Objects are found by name and metric, since a query knows the kind, not its resource. */
  find(namespace: string, query: MetricQuery): string | null {
    if (query.api === 'custom' && query.kind === 'object' && !query.rootScoped) {
      const { object, metric, metricLabelSelector } = query;
      const candidates = this.#objects.get(keyOf(namespace, object.name, metric, metricLabelSelector)) ?? [];
      return candidates.find(({ resource }) => isPluralOf(resource, object.kind))?.path ?? null;
    }
    return this.#exact.get(exactKey(namespace, query)) ?? null;
  }
}

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);

function exactKey(namespace: string, query: MetricQuery): string {
  if (query.api === 'resource') return keyOf('metrics.k8s.io', namespace, 'pods', query.labelSelector);
  if (query.api === 'external') return keyOf('external.metrics.k8s.io', namespace, query.metric, query.labelSelector);
  const { metric, metricLabelSelector } = query;
  if (query.kind === 'object') return keyOf('custom.metrics.k8s.io', namespace, 'metrics', metric, metricLabelSelector);
  return keyOf('custom.metrics.k8s.io', namespace, 'pods', metric, query.labelSelector, metricLabelSelector);
}

/** apimachinery meta.UnsafeGuessKindToResource: the plurals that built-in kinds have. */
function isPluralOf(resource: string, kind: string): boolean {
  const lower = kind.toLowerCase();
  const stem = lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : lower.endsWith('s') ? `${lower}es` : `${lower}s`;
  return resource === stem || resource === lower;
}
