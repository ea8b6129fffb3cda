import { z } from 'zod';
import { type MetricQuery, type MetricSpec, quantitySum } from '../../hpa/index.ts';
import { parseAs } from '../../kube/objects.ts';
import type { Unread } from '../bundle.ts';
import type { MetricReader } from '../collect/metrics.ts';
import type { Reader } from '../collect/reader.ts';
import type { Reading } from './inspection.ts';

const Items = z.object({
  items: z.preprocess(
    (value) => value ?? [],
    z.array(
      z.looseObject({
        timestamp: z.string().nullish(),
        value: z.string().optional(),
        containers: z.array(z.object({ name: z.string(), usage: z.record(z.string(), z.string()) })).optional(),
      }),
    ),
  ),
});
type Item = z.infer<typeof Items>['items'][number];

/** What a metrics API answers to the controller's question for this metric, right now. Raises ML-KUBE-UNREACHABLE. */
export async function readAdapter(
  metrics: MetricReader,
  namespace: string,
  asked: { readonly query: MetricQuery; readonly spec: MetricSpec },
  reader: Reader,
): Promise<Reading> {
  const { query, spec } = asked;
  const nothing = { values: [], total: null, ageSeconds: null };
  const read = await metrics.read(namespace, query);
  if (read === null) {
    const name = query.api === 'resource' ? 'the resource metrics' : `metric ${query.metric}`;
    const refused = reader.unread.findLast(({ of, what }) => of !== undefined && what.startsWith(`read ${name}`));
    return {
      from: `the ${query.api} metrics API`,
      ...nothing,
      problem: `unknown: cannot read ${name} (${reasonOf(refused)})`,
    };
  }
  const from = `GET ${read.path}`;
  const { status, body } = read.answer;
  if (status !== 200) return { from, ...nothing, problem: `${status}: ${messageOf(body)}` };
  const { items } = parseAs(Items, body, `the ${query.api} metrics API`);
  const values = items.flatMap((item) => valuesOf(item, spec));
  const ages = items.flatMap((item) => ageOf(item, reader.now()));
  return {
    from,
    values,
    total: quantitySum(values),
    ageSeconds: ages.length === 0 ? null : Math.max(...ages),
    problem: values.length > 0 ? null : `no metrics returned from ${query.api} metrics API`,
  };
}

/** "403", or what happened instead of an answer. */
export function reasonOf(unread: Unread | undefined): string {
  return unread?.status === 401 || unread?.status === 403 ? String(unread.status) : (unread?.message ?? 'not asked');
}

function messageOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : String(body);
}

function valuesOf({ value, containers }: Item, { resource, containerResource }: MetricSpec): readonly string[] {
  if (value !== undefined) return [value];
  const name = resource?.name ?? containerResource?.name ?? '';
  const wanted = (containers ?? []).filter(
    (container) => containerResource === undefined || container.name === containerResource.container,
  );
  const sum = quantitySum(wanted.flatMap(({ usage }) => usage[name] ?? []));
  return sum === null ? [] : [sum];
}

/** A sample without a time says the year 1 or 1970, depending on the adapter. */
function ageOf({ timestamp }: Item, nowMs: number): readonly number[] {
  const at = Date.parse(timestamp ?? '');
  return Number.isNaN(at) || at < Date.UTC(2000) ? [] : [Math.round((nowMs - at) / 1000)];
}
