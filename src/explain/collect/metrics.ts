import { z } from 'zod';
import type { MetricQuery } from '../../hpa/index.ts';
import { parseAs } from '../../kube/objects.ts';
import type { AccessRule, BundleAnswer } from '../bundle.ts';
import { maskDeep } from './trim.ts';
import { type Reader, withQuery } from './reader.ts';

const CUSTOM = 'custom.metrics.k8s.io';
const Group = z.object({ preferredVersion: z.object({ version: z.string() }) });
const Resources = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });

interface Request {
  readonly path: string;
  readonly what: string;
  readonly rule: AccessRule;
}

/**
 * Asks the metrics APIs as the controller does, each question once. A refusal that the controller gets as well (404, 5xx) is an answer;
 * one that is about us (401, 403) leaves the metric unknown. Raises ML-KUBE-UNREACHABLE.
 */
export class MetricReader {
  readonly #reader: Reader;
  readonly #bodies = new Map<string, Promise<unknown>>();
  readonly #answers = new Map<string, Promise<BundleAnswer | null>>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /**
   * Answers resource queries of many selectors from one list of the namespace: `podsOf` gives the pods that a selector selects. What
   * cannot be listed is asked for one by one.
   */
  async listResources(
    namespace: string,
    selectors: readonly string[],
    podsOf: (selector: string) => readonly string[] | null,
  ): Promise<void> {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
    const rule = { apiGroup: 'metrics.k8s.io', resource: 'pods', verb: 'list', namespace };
    const answer = await this.#reader.ask(path, { what: 'read the resource metrics of pods', rule, of: path });
    if (answer?.status !== 200) return;
    const { items } = parseAs(List, answer.body, 'a metrics API');
    const byName = new Map(items.map((item) => [item.metadata?.name, item]));
    for (const labelSelector of selectors) {
      const names = podsOf(labelSelector);
      if (names === null) continue;
      const own = names.flatMap((name) => byName.get(name) ?? []);
      this.#answers.set(withQuery(path, { labelSelector }), Promise.resolve({ ...answer, body: { items: own } }));
    }
  }

  /** The request and what it gave; null = it could not be asked, or what it gave is not known. */
  async read(namespace: string, query: MetricQuery): Promise<{ path: string; answer: BundleAnswer } | null> {
    const { path, what, rule } = await this.#request(namespace, query);
    const known = this.#answers.get(path) ?? this.#reader.ask(path, { what, rule, of: path });
    this.#answers.set(path, known);
    const answer = await known;
    if (answer === null) return null;
    return { path, answer: { ...answer, body: answer.status === 200 ? listOf(answer.body) : maskDeep(answer.body) } };
  }

  async #request(namespace: string, query: MetricQuery): Promise<Request> {
    const { labelSelector = '' } = 'labelSelector' in query ? query : {};
    if (query.api === 'resource') {
      const path = withQuery(`/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`, { labelSelector });
      const rule = { apiGroup: 'metrics.k8s.io', resource: 'pods', verb: 'list', namespace };
      return { path, what: 'read the resource metrics of pods', rule };
    }
    const metric = encodeURIComponent(query.metric);
    const what = `read metric ${query.metric}`;
    if (query.api === 'external') {
      const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${metric}`;
      const rule = { apiGroup: 'external.metrics.k8s.io', resource: query.metric, verb: 'list', namespace };
      return { path: withQuery(path, { labelSelector }), what, rule };
    }
    const { metricLabelSelector } = query;
    const base = `/apis/${CUSTOM}/${await this.#customVersion()}/namespaces/${namespace}`;
    const below =
      query.kind === 'pods' ? 'pods/*' : query.rootScoped ? 'metrics' : await this.#objectPath(query.object);
    const resource = query.kind === 'pods' ? 'pods' : below.split('/')[0];
    const rule = { apiGroup: CUSTOM, resource: `${resource}/${query.metric}`, verb: 'get', namespace };
    return { path: withQuery(`${base}/${below}/${metric}`, { labelSelector, metricLabelSelector }), what, rule };
  }

  /** Without the group nothing answers; then v1beta2, which the controller prefers, gives the same 404. */
  async #customVersion(): Promise<string> {
    const parsed = Group.safeParse(await this.#once(`/apis/${CUSTOM}`));
    return parsed.success ? parsed.data.preferredVersion.version : 'v1beta2';
  }

  /** `services/web`, `ingresses.networking.k8s.io/main`; the kind in lower case where discovery does not know it. */
  async #objectPath({ kind, group, name }: { readonly kind: string; readonly group: string; readonly name: string }) {
    const found = group === '' ? null : Group.safeParse(await this.#once(`/apis/${group}`));
    const version = found?.success === true ? found.data.preferredVersion.version : 'v1';
    const list = await this.#once(group === '' ? '/api/v1' : `/apis/${group}/${version}`);
    const resources = list === null ? [] : parseAs(Resources, list, 'a resource list').resources;
    const plural = resources.find((entry) => entry.kind === kind && !entry.name.includes('/'))?.name;
    const resource = plural ?? kind.toLowerCase();
    return `${resource}${group === '' ? '' : `.${group}`}/${encodeURIComponent(name)}`;
  }

  #once(path: string): Promise<unknown> {
    const known = this.#bodies.get(path);
    if (known !== undefined) return known;
    const asked = this.#reader
      .ask(path, { what: `look up ${path}`, rule: null })
      .then((answer) => (answer?.status === 200 ? answer.body : null));
    this.#bodies.set(path, asked);
    return asked;
  }
}

const Container = z.looseObject({ name: z.string(), usage: z.record(z.string(), z.string()) });
const Item = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }).optional(),
  describedObject: z.looseObject({ name: z.string().default('') }).optional(),
  timestamp: z.string().nullish(),
  window: z.union([z.string(), z.number()]).nullish(),
  windowSeconds: z.number().nullish(),
  value: z.string().optional(),
  containers: z.array(Container).nullish(),
});
const List = z.looseObject({ items: z.preprocess((value) => value ?? [], z.array(Item)) });

/** A list of the three metrics APIs, of which only the numbers are kept. v1beta1 calls windowSeconds `window`. Raises ML-KUBE-SHAPE. */
function listOf(foreign: unknown): unknown {
  const { items } = parseAs(List, foreign, 'a metrics API');
  return {
    items: items.map(({ metadata, describedObject, timestamp, window, windowSeconds, value, containers }) => ({
      ...(metadata?.name === undefined ? {} : { metadata: { name: metadata.name, namespace: metadata.namespace } }),
      ...(describedObject === undefined ? {} : { describedObject: { name: describedObject.name } }),
      ...(timestamp ? { timestamp } : {}),
      ...(typeof window === 'string' ? { window } : {}),
      ...(describedObject === undefined
        ? {}
        : { windowSeconds: windowSeconds ?? (typeof window === 'number' ? window : null) }),
      ...(value === undefined ? {} : { value }),
      ...(containers ? { containers: containers.map(({ name, usage }) => ({ name, usage })) } : {}),
    })),
  };
}
