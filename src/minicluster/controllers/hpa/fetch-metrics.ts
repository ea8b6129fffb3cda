import { z } from 'zod';
import type { KubeClient } from '../../../contracts/kube-client.ts';
import { describe } from '../../../errors/lab-error.ts';
import type {
  ApiAnswer,
  CustomItem,
  ExternalItem,
  MetricAnswer,
  MetricQuery,
  ResourceItem,
} from '../../../hpa/index.ts';
import { fieldsOf, numberOf, textOf } from '../../kinds/fields.ts';
import { specOf } from '../../kinds/workload.ts';
import type { ControllerClient, Resource } from '../client.ts';

/** Reads from the API like any client, so that aggregation, authorization and their refusals are the real ones. */
export type MetricsClient = Pick<KubeClient, 'request'>;

const API_SERVICES: Resource = { group: 'apiregistration.k8s.io', plural: 'apiservices' };
const CUSTOM = 'custom.metrics.k8s.io';
const EXTERNAL = 'external.metrics.k8s.io';
const RESOURCE = 'metrics.k8s.io';
const CUSTOM_VERSIONS = ['v1beta2', 'v1beta1'];
const TIMEOUT_MS = 30_000;

const Usage = z.record(z.string(), z.string());
const ResourceList: z.ZodType<{ items: readonly ResourceItem[] }> = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string().default('') }),
      timestamp: z.string().default(''),
      window: z.string().default(''),
      containers: z
        .array(z.object({ name: z.string(), usage: Usage.default({}) }))
        .nullish()
        .transform((list) => list ?? []),
    }),
  ),
});
const CustomList: z.ZodType<{ items: readonly CustomItem[] }> = z.object({
  items: z.array(
    z.object({
      describedObject: z.object({ name: z.string().default('') }),
      timestamp: z.string().default(''),
      windowSeconds: z
        .number()
        .nullish()
        .transform((seconds) => seconds ?? null),
      value: z.string(),
    }),
  ),
});
const ExternalList: z.ZodType<{ items: readonly ExternalItem[] }> = z.object({
  items: z
    .array(z.object({ value: z.string() }))
    .nullish()
    .transform((list) => list ?? []),
});
const Failure = z.object({ kind: z.literal('Status'), message: z.string() });

/** What the metrics APIs say to a query of the twin; a failure is client-go's error text. Never rejects. */
export async function fetchMetric(
  query: MetricQuery,
  namespace: string,
  metrics: MetricsClient,
  client: ControllerClient,
): Promise<MetricAnswer> {
  const base = (group: string, version: string) =>
    `/apis/${group}/${version}/namespaces/${encodeURIComponent(namespace)}`;
  switch (query.api) {
    case 'resource': {
      const asked = { path: `${base(RESOURCE, 'v1beta1')}/pods`, labelSelector: query.labelSelector };
      return { resource: await ask(metrics, asked, `pods.${RESOURCE}`, ResourceList) };
    }
    case 'external': {
      const path = `${base(EXTERNAL, 'v1beta1')}/${encodeURIComponent(query.metric)}`;
      const asked = { path, labelSelector: query.labelSelector };
      return { external: await ask(metrics, asked, `${query.metric}.${EXTERNAL}`, ExternalList) };
    }
    case 'custom': {
      const version = customVersion(client);
      if (version === undefined) return { custom: { error: `no custom metrics API (${CUSTOM}) registered` } };
      const target = customTarget(query, client);
      if ('error' in target) return { custom: target };
      const asked = {
        path: `${base(CUSTOM, version)}/${target.path}/${encodeURIComponent(query.metric)}`,
        labelSelector: query.kind === 'pods' ? query.labelSelector : '',
        metricLabelSelector: query.metricLabelSelector,
      };
      return { custom: await ask(metrics, asked, target.what, CustomList) };
    }
    default:
      return query satisfies never;
  }
}

/** The best version of the custom metrics API that an APIService registers. */
function customVersion(client: ControllerClient): string | undefined {
  const versions = client
    .list(API_SERVICES)
    .filter(
      (service) => specOf(service)['group'] === CUSTOM && CUSTOM_VERSIONS.includes(textOf(specOf(service)['version'])),
    )
    .toSorted((a, b) => numberOf(specOf(b)['versionPriority']) - numberOf(specOf(a)['versionPriority']))
    .map((service) => textOf(specOf(service)['version']));
  return versions[0];
}

function customTarget(
  query: MetricQuery & { api: 'custom' },
  client: ControllerClient,
): { readonly path: string; readonly what: string } | { readonly error: string } {
  if (query.kind === 'pods') return { path: `pods/${encodeURIComponent('*')}`, what: `pods.${CUSTOM} *` };
  if (query.rootScoped) return { path: 'metrics', what: `namespaces.${CUSTOM} ${query.object.name}` };
  const { kind, group, name } = query.object;
  const found = client.registry.all().find((each) => each.group === group && each.kind === kind);
  if (found === undefined) {
    const full = group === '' ? kind : `${kind}.${group}`;
    return { error: `unable to map kind ${full} to resource: no matches for kind "${kind}" in group "${group}"` };
  }
  const resource = group === '' ? found.plural : `${found.plural}.${group}`;
  return { path: `${resource}/${encodeURIComponent(name)}`, what: `${resource}.${CUSTOM} ${name}` };
}

async function ask<Item>(
  metrics: MetricsClient,
  {
    path,
    ...selectors
  }: { readonly path: string; readonly labelSelector: string; readonly metricLabelSelector?: string },
  what: string,
  shape: z.ZodType<{ items: readonly Item[] }>,
): Promise<ApiAnswer<Item>> {
  const query = Object.fromEntries(Object.entries(selectors).filter(([, text]) => text !== ''));
  try {
    const { status, text } = await metrics.request('GET', path, undefined, { query, timeoutMs: TIMEOUT_MS });
    const body = jsonOrUndefined(text);
    if (status < 200 || status > 206) {
      const failure = Failure.safeParse(body);
      return { error: failure.success ? failure.data.message : `${genericText(status, text)} (get ${what})` };
    }
    const parsed = shape.safeParse(body);
    return parsed.success ? parsed.data : { error: z.prettifyError(parsed.error) };
  } catch (error) {
    return { error: describe(error) };
  }
}

/** apimachinery pkg/api/errors NewGenericServerResponse: what a status code means when the body says nothing. */
function genericText(status: number, body: string): string {
  const known = GENERIC[status];
  if (known !== undefined) return known;
  if (status >= 500)
    return `an error on the server (${JSON.stringify(body.trim() || 'unknown')}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

const GENERIC: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  403: 'unknown',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

function jsonOrUndefined(text: string): unknown {
  try {
    return fieldsOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
