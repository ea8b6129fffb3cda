import { failure } from '../../kube/failure.ts';
import type { Selector } from '../../kube/label-selector.ts';
import type { ObjectDirectory } from '../objects/directory.ts';
import type { CustomMetricsProvider, CustomMetricValue, ResourceKind } from '../provider.ts';
import { negotiate, type Representation } from './accept.ts';
import { type Answer, failureAnswer, JSON_TYPE, jsonAnswer, notAcceptable } from './answer.ts';
import { listOptions, selectorParameter } from './list-options.ts';
import { customList } from './lists.ts';
import type { Route } from './route.ts';
import { customTable } from './table.ts';

type CustomRoute = Extract<Route, { kind: 'custom' }>;

export interface CustomContext {
  readonly accept: string | undefined;
  /** As it came, for the memory of bodies. */
  readonly url: string;
  readonly provider: CustomMetricsProvider;
  readonly objects: ObjectDirectory;
  readonly bodies: BodyCache;
}

/** Bodies of `*` queries while neither values nor objects have changed. */
export class BodyCache {
  readonly #bodies = new Map<string, { readonly stamp: string; readonly body: Buffer }>();
  static readonly maxEntries = 256;

  get(url: string, stamp: string): Buffer | undefined {
    const entry = this.#bodies.get(url);
    return entry?.stamp === stamp ? entry.body : undefined;
  }
  put(url: string, stamp: string, body: Buffer): void {
    this.#bodies.delete(url);
    this.#bodies.set(url, { stamp, body });
    if (this.#bodies.size <= BodyCache.maxEntries) return;
    const oldest = this.#bodies.keys().next();
    if (oldest.done !== true) this.#bodies.delete(oldest.value);
  }
}

/** A metric of one object or of many. Rejects as provider and directory do. */
export async function answerCustom(
  route: CustomRoute,
  query: URLSearchParams,
  context: CustomContext,
): Promise<Answer> {
  const shape = negotiate(context.accept, { table: true });
  if (shape === undefined) return notAcceptable([JSON_TYPE]);
  const { provider, objects, bodies, url } = context;
  const cacheable = route.name === '*' && shape.kind === 'json' && provider.revision !== undefined;
  const stamp = cacheable ? `${provider.revision} ${objects.revision}` : '';
  const kept = cacheable ? bodies.get(url, stamp) : undefined;
  if (kept !== undefined) return { status: 200, type: JSON_TYPE, body: kept };

  const options = listOptions(query);
  if ('refused' in options) return options.refused;
  const metricOptions = selectorParameter(query, 'metricLabelSelector');
  if ('refused' in metricOptions) return metricOptions.refused;
  const resource = await objects.resolve(route.resource);
  if (resource === undefined) return unknownResource(route.resource);
  const found = await valuesOf(route, resource, options.selector, metricOptions.selector, context);
  if (!Array.isArray(found)) return found as Answer;
  const answer = listAnswer(shape, route, resource, metricOptions.selector, found);
  // The objects may just have been listed for the first time: the stamp is that of now.
  if (cacheable) bodies.put(url, `${provider.revision} ${objects.revision}`, Buffer.from(answer.body));
  return answer;
}

async function valuesOf(
  { namespace, name, metric }: CustomRoute,
  resource: ResourceKind,
  selector: Selector,
  metricSelector: Selector,
  { provider, objects }: CustomContext,
): Promise<CustomMetricValue[] | Answer> {
  const misplaced = resource.namespaced !== (namespace !== undefined);
  const query = { resource, namespace, metric, metricSelector };
  if (name === '*') {
    if (misplaced) return [];
    const names = await objects.names(resource, namespace, selector);
    return [...(await provider.getMetricBySelector({ ...query, names }))];
  }
  const value = misplaced ? undefined : await provider.getMetricByName({ ...query, name });
  if (value === undefined || value === 'other-labels')
    return noValue(resource, metric, name, value === undefined ? '' : metricSelector.text);
  return [value];
}

function listAnswer(
  shape: Representation,
  route: CustomRoute,
  resource: ResourceKind,
  metricSelector: Selector,
  values: readonly CustomMetricValue[],
): Answer {
  const { version, namespace, metric } = route;
  const parts = { version, resource, namespace, metric, metricSelector };
  if (shape.kind === 'table') return jsonAnswer(customTable(shape.version, parts, values));
  return { status: 200, type: JSON_TYPE, body: customList(parts, values) };
}

/** CMA pkg/provider/errors.go NewMetricNotFoundForError and NewMetricNotFoundForSelectorError. */
function noValue({ group, resource }: ResourceKind, metric: string, name: string, selector: string): Answer {
  const what = group === '' ? resource : `${resource}.${group}`;
  const which = selector === '' ? '' : ` with selector ${selector}`;
  const message = `the server could not find the metric ${metric} for ${what} ${name}${which}`;
  return failureAnswer(failure(404, message, { reason: 'NotFound' }));
}

/** Upstream answers 500 here, by accident of its REST mapper. */
function unknownResource(resource: string): Answer {
  return failureAnswer(failure(404, `the cluster has no resource ${JSON.stringify(resource)}`, { reason: 'NotFound' }));
}
