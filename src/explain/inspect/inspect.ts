import { z } from 'zod';
import type { KubeClient } from '../../contracts/kube-client.ts';
import {
  decodeV2,
  type HpaV2,
  metricQueries,
  type MetricSpec,
  NEWEST_MINOR,
  OLDEST_MINOR,
  type Rules,
  rulesOf,
} from '../../hpa/index.ts';
import { hpaSummary, parseHpa } from '../../kube/hpa.ts';
import { parseAs } from '../../kube/objects.ts';
import { readHpas } from '../collect.ts';
import { type Hpa, inScope, listNeed, targetRef } from '../collect/lists.ts';
import { MetricReader } from '../collect/metrics.ts';
import { Reader, type ReaderOptions } from '../collect/reader.ts';
import { keyOf, readTargets, type TargetRead } from '../collect/targets.ts';
import { behaviorRows } from './behavior.ts';
import { readEvents } from './events.ts';
import type { InspectedHpa, Reading } from './inspection.ts';
import { type MetricFacts, metricRows } from './metric-rows.ts';
import { readAdapter, reasonOf } from './readings.ts';
import { otherHpas, readTouches } from './touches.ts';
import { v1Lines } from './v1-lines.ts';

export interface InspectOptions extends ReaderOptions {
  readonly namespace: string;
  readonly name?: string;
  readonly api: 'v1' | 'v2' | 'both';
  /** The value at the source of a metric, for metrics whose source can be asked. */
  readonly source: (metric: { readonly name: string; readonly selector: string }) => Promise<Reading | null>;
}

const Version = z.looseObject({ minor: z.string(), platform: z.string().default('') });
const Created = z.looseObject({ metadata: z.looseObject({ creationTimestamp: z.string().nullish() }) });
const V1List = z.object({ items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })) });
const Scale = z.looseObject({
  spec: z.looseObject({ replicas: z.number().default(0) }).default({ replicas: 0 }),
  status: z
    .looseObject({ replicas: z.number().default(0), selector: z.string().default('') })
    .default({ replicas: 0, selector: '' }),
});
const Refusal = z.looseObject({ error: z.looseObject({ message: z.string() }) });

/**
 * Everything that a cluster says of the HPAs of a namespace, with GET requests only. `names` are all that there are. Raises
 * ML-KUBE-UNREACHABLE, and ML-KUBE-STATUS or ML-KUBE-SHAPE when the HPAs cannot be read.
 */
export async function inspectHpas(
  client: KubeClient,
  options: InspectOptions,
): Promise<{ readonly hpas: readonly InspectedHpa[]; readonly names: readonly string[] }> {
  const { namespace, name, api } = options;
  const hpas: InspectedHpa[] = [];
  const names: string[] = [];
  const first = new Reader(client, options);
  const [rules, objects] = await Promise.all([rulesFor(first), readHpas(first, options)]);
  const all = objects.map((object) => decodeV2(object, rules).value);
  for (const [index, object] of objects.entries()) {
    const hpa = all[index];
    names.push(object.metadata.name);
    if (hpa === undefined || (name !== undefined && object.metadata.name !== name)) continue;
    // A reader for each: what it could not read is told with this HPA.
    const reader = new Reader(client, options);
    const one = { hpa, object, others: all.filter((other) => other !== hpa), rules };
    const inspected = await inspectOne(reader, options, one);
    const v1 = api === 'v2' ? {} : await readV1(reader, namespace, one);
    const unknown = reader.unread.map((unread) => `cannot ${unread.what} (${reasonOf(unread)})`);
    hpas.push({ ...inspected, ...v1, unknown });
  }
  return { hpas, names };
}

async function rulesFor(reader: Reader): Promise<Rules> {
  const read = Version.safeParse(await reader.body('/version', { what: 'read the version', rule: null }));
  const minor = Number.parseInt(read.data?.minor ?? '', 10);
  const known = Number.isNaN(minor) ? NEWEST_MINOR : Math.min(Math.max(minor, OLDEST_MINOR), NEWEST_MINOR);
  return rulesOf({ minor: known, arch: read.data?.platform === 'linux/arm64' ? 'arm64' : 'amd64', gates: {} });
}

interface One {
  readonly hpa: HpaV2;
  readonly object: Hpa;
  readonly others: readonly HpaV2[];
  readonly rules: Rules;
}

async function inspectOne(reader: Reader, options: InspectOptions, one: One): Promise<InspectedHpa> {
  const { namespace } = options;
  const { hpa, object, others, rules } = one;
  const { spec, status } = hpa;
  const { name } = object.metadata;
  const ref = targetRef(object);
  const read = (await readTargets(reader, [ref], namespace)).get(keyOf(ref));
  const scale =
    Scale.safeParse(read?.scale === undefined || 'error' in read.scale ? undefined : read.scale).data ?? null;
  const metrics = await readMetrics(reader, options, one, scale?.status.selector ?? null);
  const touches = await readTouches(reader, hpa, namespace, read?.target);
  return {
    namespace,
    name,
    created: parseAs(Created, object, 'an HPA').metadata.creationTimestamp ?? null,
    target: {
      ref: `${ref.kind}/${ref.name}`,
      apiVersion: ref.apiVersion,
      scale: scaleText(read, scale),
      selector: scale?.status.selector ?? null,
    },
    replicas: {
      min: spec.minReplicas ?? 1,
      max: spec.maxReplicas,
      current: status.currentReplicas,
      desired: status.desiredReplicas,
    },
    lastScaleTime: status.lastScaleTime ?? null,
    metrics: metricRows(hpa, metrics),
    behavior: behaviorRows(spec.behavior, rules),
    conditions: (status.conditions ?? []).map(({ type, status: state, reason, message, lastTransitionTime }) => ({
      type,
      status: state,
      reason: reason ?? '',
      message: message ?? '',
      since: lastTransitionTime ?? null,
    })),
    events: await readEvents(reader, namespace, name),
    touches: [...otherHpas(hpa, others), ...touches],
    unknown: [],
  };
}

function scaleText(read: TargetRead | undefined, scale: z.infer<typeof Scale> | null): string {
  if (scale !== null) return `spec ${scale.spec.replicas}, status ${scale.status.replicas}`;
  const refused = Refusal.safeParse(read?.scale);
  return refused.success ? `none: ${refused.data.error.message}` : 'unknown: it cannot be read';
}

async function readMetrics(
  reader: Reader,
  { namespace, source }: InspectOptions,
  { hpa, object, rules }: One,
  selector: string | null,
): Promise<readonly MetricFacts[]> {
  const metrics = new MetricReader(reader);
  const specs = hpa.spec.metrics ?? [];
  // Without a selector the controller asks nothing; external metrics do not depend on it, and here they are asked all the same.
  const anyPods = selector === null || selector === '' ? 'no=pods' : selector;
  const queries = metricQueries(hpa.spec, namespace, anyPods, rules);
  const shown = hpaSummary(parseHpa(object)).metrics;
  return Promise.all(
    specs.map(async (spec, index): Promise<MetricFacts> => {
      const query = queries[index] ?? null;
      const frame = { spec, query, shown: shown[index] };
      const unasked = notAsked(spec, selector);
      if (query === null || unasked !== null) {
        const problem = unasked ?? 'the controller asks nothing: its selector or target is not valid';
        return { ...frame, source: null, adapter: { from: '', values: [], total: null, ageSeconds: null, problem } };
      }
      const [own, adapter] = await Promise.all([
        query.api === 'external' ? source({ name: query.metric, selector: query.labelSelector }) : null,
        readAdapter(metrics, namespace, { query, spec }, reader),
      ]);
      return { ...frame, source: own, adapter };
    }),
  );
}

/** Why a metric cannot be asked for, or null. */
function notAsked({ type }: MetricSpec, selector: string | null): string | null {
  if (type === 'External' || type === 'Object') return null;
  if (selector === null) return 'unknown: the pods are not known without the scale of the target';
  return selector === '' ? 'the scale of the target has no selector' : null;
}

async function readV1(
  reader: Reader,
  namespace: string,
  { hpa, object, rules }: One,
): Promise<Pick<InspectedHpa, 'v1'>> {
  const plural = 'horizontalpodautoscalers';
  const { name } = object.metadata;
  const query = `?fieldSelector=metadata.name%3D${encodeURIComponent(name)}`;
  const path = inScope('/apis/autoscaling/v1', namespace, plural) + query;
  const answer = await reader.body(path, {
    ...listNeed('autoscaling', plural, namespace),
    what: 'read autoscaling/v1',
  });
  if (answer === null) return {};
  const item = parseAs(V1List, answer, 'a list of HPAs').items.find(({ metadata }) => metadata.name === name);
  return item === undefined ? {} : { v1: v1Lines(hpa, { apiVersion: 'autoscaling/v1', ...item }, rules) };
}
