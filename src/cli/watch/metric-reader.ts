import { z } from 'zod';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { asLabError } from '../../errors/lab-error.ts';
import type { CrossVersionObjectReference, Hpa, LabelSelector, MetricSpec } from '../../kube/hpa-schema.ts';
import { metricIdentity } from '../../kube/hpa.ts';
import { parseAs } from '../../kube/objects.ts';
import type { LiveMetric } from './model.ts';
import { quantityNumber } from './quantity-number.ts';

export interface ReadOptions {
  /** Epoch ms that goes into the answers. */
  readonly at: number;
  readonly signal: AbortSignal;
}

/** Reads the metrics of an HPA from the metrics APIs, with the requests that the controller makes. A fault is an answer; rejects only when aborted. */
export type MetricReader = (hpa: Hpa, options: ReadOptions) => Promise<readonly LiveMetric[]>;

type Answer = { readonly value: string } | { readonly failure: string } | undefined;
type Get = (path: string, query?: Readonly<Record<string, string>>) => Promise<unknown>;

const TIMEOUT_MS = 4_000;
const Values = z.object({ items: z.array(z.object({ value: z.string() })).nullish() });
const Group = z.object({ preferredVersion: z.object({ groupVersion: z.string() }) });
const Resources = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });

export function metricReader(client: KubeClient): MetricReader {
  return (hpa, { at, signal }) => {
    const get: Get = (path, query = {}) =>
      client.json('GET', path, undefined, { query, signal, timeoutMs: TIMEOUT_MS });
    return Promise.all(
      hpa.spec.metrics.map(async (metric): Promise<LiveMetric> => {
        const { name } = metricIdentity(metric);
        try {
          const answer = await read(get, hpa.metadata.namespace ?? '', metric);
          return answer === undefined ? { name } : { name, ...answer, at };
        } catch (error) {
          signal.throwIfAborted();
          return { name, failure: failureText(error), at };
        }
      }),
    );
  };
}

async function read(get: Get, namespace: string, { external, object }: MetricSpec): Promise<Answer> {
  const root = `namespaces/${namespace}`;
  if (external !== undefined) {
    const path = `/apis/external.metrics.k8s.io/v1beta1/${root}/${encodeURIComponent(external.metric.name)}`;
    return total(await get(path, { labelSelector: selectorText(external.metric.selector) }), 'external');
  }
  if (object === undefined) return undefined;
  const group = parseAs(Group, await get('/apis/custom.metrics.k8s.io'), 'an API group');
  const described = await objectPath(object.describedObject, get);
  const path = `/apis/${group.preferredVersion.groupVersion}/${root}/${described}/${encodeURIComponent(object.metric.name)}`;
  const selector = selectorText(object.metric.selector);
  return total(await get(path, selector === '' ? {} : { metricLabelSelector: selector }), 'custom');
}

/** What the controller takes of the answer: the sum over all series (HPA-SPEC 2.9). */
function total(answer: unknown, api: 'external' | 'custom'): Answer {
  const items = parseAs(Values, answer, `the ${api} metrics API`).items ?? [];
  const [first, ...others] = items;
  if (first === undefined) return { failure: `no metrics returned from ${api} metrics API` };
  if (others.length === 0) return { value: first.value };
  return { value: String(items.reduce((sum, { value }) => sum + (quantityNumber(value) ?? Number.NaN), 0)) };
}

/** `services/web`, `ingresses.networking.k8s.io/main`; a Namespace is asked about itself as `metrics` (HPA-SPEC 2.8). */
async function objectPath({ apiVersion = 'v1', kind, name }: CrossVersionObjectReference, get: Get): Promise<string> {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  if (group === '' && kind === 'Namespace') return 'metrics';
  const list = await get(group === '' ? `/api/${version}` : `/apis/${group}/${version}`);
  const { resources } = parseAs(Resources, list, 'a resource list');
  const resource = resources.find((entry) => entry.kind === kind && !entry.name.includes('/'))?.name;
  return `${resource ?? kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${encodeURIComponent(name)}`;
}

/** A selector as `labelSelector=` wants it, requirements sorted by key as metav1.LabelSelectorAsSelector does. */
export function selectorText(selector: LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return { key, text: key };
    if (operator === 'DoesNotExist') return { key, text: `!${key}` };
    return { key, text: `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${[...values].sort().join(',')})` };
  });
  const byKey = [...labels, ...expressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return byKey.map(({ text }) => text).join(',');
}

function failureText(error: unknown): string {
  const known = asLabError(error);
  if (known.id !== 'ML-KUBE-STATUS') return known.message;
  return `${known.params['code']}: ${known.params['message']}`;
}
