import { z } from 'zod';
import type { MetricAnswer, MetricQuery } from '../../hpa/index.ts';
import { parseAs } from '../../kube/objects.ts';
import type { Fact } from '../evidence.ts';
import { type Reader, refusal, statusCode } from './reader.ts';
import { resourceOf } from './scale.ts';

const Group = z.object({ preferredVersion: z.object({ groupVersion: z.string() }) });
const list = <T extends z.ZodType>(item: T) => z.object({ items: z.preprocess((value) => value ?? [], z.array(item)) });
const External = list(z.object({ value: z.string() }));
const Custom = list(
  z.object({
    describedObject: z.object({ name: z.string().default('') }),
    timestamp: z.string(),
    /** v1beta1 calls it `window`. */
    window: z.number().nullish(),
    windowSeconds: z.number().nullish(),
    value: z.string(),
  }),
);
const Resource = list(
  z.object({
    metadata: z.object({ name: z.string(), namespace: z.string().exactOptional() }),
    timestamp: z.string(),
    window: z.string(),
    containers: z.array(z.object({ name: z.string(), usage: z.record(z.string(), z.string()) })).default([]),
  }),
);

interface Request {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly read: (foreign: unknown) => MetricAnswer;
}

/**
 * What a metrics API answers to the controller's own question. A refusal that the controller gets as well (404, 5xx) is an answer;
 * one that is about us (401, 403) leaves the metric unknown. Raises ML-KUBE-UNREACHABLE.
 */
export async function readMetric(reader: Reader, namespace: string, query: MetricQuery): Promise<Fact<MetricAnswer>> {
  let from = `the ${query.api} metrics API`;
  try {
    const request = await requestOf(reader, namespace, query);
    from = `GET ${request.path}`;
    return { value: request.read(await reader.get(request.path, request.query)), from };
  } catch (error) {
    const code = statusCode(error);
    const reason = refusal(error);
    if (code === undefined || code === 401 || code === 403) {
      const name = query.api === 'resource' ? 'the resource metrics' : `metric ${query.metric}`;
      return { unknown: `cannot read ${name} (${reason})`, from };
    }
    return { value: failed(query.api, reason.replace(/^\d+: /, '')), from };
  }
}

function failed(api: MetricQuery['api'], error: string): MetricAnswer {
  if (api === 'external') return { external: { error } };
  return api === 'custom' ? { custom: { error } } : { resource: { error } };
}

async function requestOf(reader: Reader, namespace: string, query: MetricQuery): Promise<Request> {
  const root = `namespaces/${namespace}`;
  if (query.api === 'external') {
    return {
      path: `/apis/external.metrics.k8s.io/v1beta1/${root}/${encodeURIComponent(query.metric)}`,
      query: { labelSelector: query.labelSelector },
      read: (foreign) => ({ external: parseAs(External, foreign, 'the external metrics API') }),
    };
  }
  if (query.api === 'resource') {
    return {
      path: `/apis/metrics.k8s.io/v1beta1/${root}/pods`,
      query: { labelSelector: query.labelSelector },
      read: (foreign) => ({ resource: parseAs(Resource, foreign, 'the resource metrics API') }),
    };
  }
  const group = parseAs(Group, await reader.get('/apis/custom.metrics.k8s.io'), 'an API group');
  const base = `/apis/${group.preferredVersion.groupVersion}/${root}`;
  const metric = encodeURIComponent(query.metric);
  const selector = query.metricLabelSelector === '' ? {} : { metricLabelSelector: query.metricLabelSelector };
  if (query.kind === 'pods')
    return {
      path: `${base}/pods/*/${metric}`,
      query: { labelSelector: query.labelSelector, ...selector },
      read: custom,
    };
  if (query.rootScoped) return { path: `${base}/metrics/${metric}`, query: selector, read: custom };
  return { path: `${base}/${await objectPath(reader, query.object)}/${metric}`, query: selector, read: custom };
}

function custom(foreign: unknown): MetricAnswer {
  const { items } = parseAs(Custom, foreign, 'the custom metrics API');
  return {
    custom: {
      items: items.map(({ describedObject, timestamp, value, window, windowSeconds }) => ({
        describedObject,
        timestamp,
        value,
        windowSeconds: windowSeconds ?? window ?? null,
      })),
    },
  };
}

/** `services/web`, `ingresses.networking.k8s.io/main`. */
async function objectPath(
  reader: Reader,
  { kind, group, name }: { readonly kind: string; readonly group: string; readonly name: string },
): Promise<string> {
  const root =
    group === ''
      ? '/api/v1'
      : `/apis/${parseAs(Group, await reader.get(`/apis/${group}`), 'an API group').preferredVersion.groupVersion}`;
  const resource = await resourceOf(reader, root, kind);
  return `${resource}${group === '' ? '' : `.${group}`}/${encodeURIComponent(name)}`;
}
