import type { FailureStatus } from '../../kube/aggregated-auth/types.ts';
import { failure } from '../../kube/failure.ts';
import { parseSelector, type Selector } from '../../kube/label-selector.ts';
import { nodeTable, podTable } from './metrics-table.ts';
import { rfc3339 } from './runtime.ts';
import type { Usage } from './usage.ts';

export interface ContainerUsage {
  readonly name: string;
  readonly usage: Usage;
}
export interface PodUsage {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerUsage[];
}
export interface NodeUsage {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly usage: Usage;
}
/** What can be told of nodes and their pods right now. */
export interface MetricsView {
  now(): number;
  pods(): readonly PodUsage[];
  nodes(): readonly NodeUsage[];
}

export interface MetricsAnswer {
  readonly status: number;
  readonly body: object;
}

const GROUP = 'metrics.k8s.io';
const VERSION = `${GROUP}/v1beta1`;
const GROUP_VERSION = { groupVersion: VERSION, version: 'v1beta1' } as const;

/** The answer of metrics.k8s.io/v1beta1 to a GET; `path` is decoded, `table` = the client prefers a Table. */
export function metricsAnswer(view: MetricsView, path: string, query: URLSearchParams, table: boolean): MetricsAnswer {
  const parts = path.split('/').filter((part) => part !== '');
  const discovered = discovery(parts);
  if (discovered !== undefined) return { status: 200, body: discovered };
  const [apis, group, version, ...rest] = parts;
  if (apis !== 'apis' || group !== GROUP || version !== 'v1beta1') return fail(notFoundPath());
  if (query.get('watch') === 'true' || query.get('watch') === '1') {
    return fail(
      failure(405, 'the server does not allow this method on the requested resource', { reason: 'MethodNotAllowed' }),
    );
  }
  const selector = selectorOf(query);
  if ('status' in selector) return fail(selector);
  return resources(view, rest, selector, table) ?? fail(notFoundPath());
}

function resources(
  view: MetricsView,
  rest: readonly string[],
  selector: Selector,
  table: boolean,
): MetricsAnswer | undefined {
  const [first, second, third, fourth, more] = rest;
  if (first === 'nodes' && third === undefined) {
    if (second !== undefined) return oneNode(view, second);
    const nodes = view.nodes().filter(({ labels }) => selector.matches(labels));
    return nodeList(nodes, view.now(), table);
  }
  const pods = view.pods().filter(({ labels }) => selector.matches(labels));
  if (first === 'pods' && second === undefined) return podList(pods, view.now(), table);
  if (first !== 'namespaces' || second === undefined || third !== 'pods' || more !== undefined) return undefined;
  const inside = pods.filter(({ namespace }) => namespace === second);
  if (fourth === undefined) return podList(inside, view.now(), table);
  const pod = inside.find(({ name }) => name === fourth);
  return pod === undefined ? fail(notFound('pods', `${second}/${fourth}`)) : ok(podMetrics(pod, view.now()));
}

function podList(pods: readonly PodUsage[], now: number, table: boolean): MetricsAnswer {
  if (table)
    return ok(
      podTable(
        pods,
        pods.map((pod) => podMetrics(pod, now)),
      ),
    );
  return ok({
    kind: 'PodMetricsList',
    apiVersion: VERSION,
    metadata: {},
    items: pods.map((pod) => podMetrics(pod, now)),
  });
}

function nodeList(nodes: readonly NodeUsage[], now: number, table: boolean): MetricsAnswer {
  if (table)
    return ok(
      nodeTable(
        nodes,
        nodes.map((node) => nodeMetrics(node, now)),
      ),
    );
  return ok({
    kind: 'NodeMetricsList',
    apiVersion: VERSION,
    metadata: {},
    items: nodes.map((node) => nodeMetrics(node, now)),
  });
}

function oneNode(view: MetricsView, wanted: string): MetricsAnswer {
  const node = view.nodes().find(({ name }) => name === wanted);
  return node === undefined ? fail(notFound('nodes', wanted)) : ok(nodeMetrics(node, view.now()));
}

function podMetrics({ name, namespace, labels, containers }: PodUsage, now: number): object {
  const newest = containers.reduce(
    (latest, { usage }) => (usage.at > latest.at ? usage : latest),
    containers[0]?.usage ?? NONE,
  );
  return {
    kind: 'PodMetrics',
    apiVersion: VERSION,
    metadata: { name, namespace, labels, creationTimestamp: rfc3339(now) },
    timestamp: rfc3339(newest.at),
    window: windowOf(newest),
    containers: containers.map((container) => ({ name: container.name, usage: amounts(container.usage) })),
  };
}

function nodeMetrics({ name, labels, usage }: NodeUsage, now: number): object {
  return {
    kind: 'NodeMetrics',
    apiVersion: VERSION,
    metadata: { name, labels, creationTimestamp: rfc3339(now) },
    timestamp: rfc3339(usage.at),
    window: windowOf(usage),
    usage: amounts(usage),
  };
}

const NONE: Usage = { cpuNanoCores: 0, memoryBytes: 0, cpuNanosTotal: 0, at: 0, windowMs: 0 };

/** Canonical quantities as metrics-server sends them: `12345678n`, `4560Ki`. */
export function amounts({ cpuNanoCores, memoryBytes }: Usage): { readonly cpu: string; readonly memory: string } {
  return { cpu: cpuNanoCores === 0 ? '0' : `${cpuNanoCores}n`, memory: `${Math.round(memoryBytes / 1024)}Ki` };
}

/** As Go prints a duration below a minute. */
function windowOf({ windowMs }: Usage): string {
  return `${Number((windowMs / 1000).toFixed(3))}s`;
}

function selectorOf(query: URLSearchParams): Selector | FailureStatus {
  const selector = parseSelector(query.get('labelSelector') ?? '');
  if (typeof selector !== 'string') return selector;
  return failure(400, `unable to parse requirement: ${selector}`, { reason: 'BadRequest' });
}

function discovery(parts: readonly string[]): object | undefined {
  const group = { name: GROUP, versions: [GROUP_VERSION], preferredVersion: GROUP_VERSION };
  switch (parts.join('/')) {
    case '':
      return { paths: ['/apis', `/apis/${GROUP}`, `/apis/${VERSION}`, '/healthz', '/livez', '/readyz'] };
    case 'apis':
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] };
    case `apis/${GROUP}`:
      return { kind: 'APIGroup', apiVersion: 'v1', ...group };
    case `apis/${VERSION}`:
      return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: VERSION, resources: RESOURCES };
    default:
      return undefined;
  }
}

const RESOURCES: readonly object[] = [
  { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
  { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
];

function notFound(resource: string, name: string): FailureStatus {
  return failure(404, `${resource}.${GROUP} "${name}" not found`, {
    reason: 'NotFound',
    details: { name, group: GROUP, kind: resource },
  });
}

function notFoundPath(): FailureStatus {
  return failure(404, 'the server could not find the requested resource', { reason: 'NotFound' });
}

function ok(body: object): MetricsAnswer {
  return { status: 200, body };
}

function fail(status: FailureStatus): MetricsAnswer {
  return { status: status.code, body: status };
}
