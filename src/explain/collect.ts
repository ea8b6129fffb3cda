import { z } from 'zod';
import type { Clock } from '../contracts/clock.ts';
import type { KubeClient } from '../contracts/kube-client.ts';
import { LabError } from '../errors/lab-error.ts';
import { decodeV2, NEWEST_MINOR, rulesOf } from '../hpa/index.ts';
import { type Bundle, type BundleMeta, type BundlePod, type BundleSample, ruleText, type Unread } from './bundle.ts';
import { parseBundle } from './bundle-schema.ts';
import {
  type Hpa,
  inScope,
  type Lists,
  listNeed,
  parseHpaObject,
  readLists,
  knownSelector,
  targetKey,
} from './collect/lists.ts';
import { PodIndex } from './pod-index.ts';
import { MetricReader } from './collect/metrics.ts';
import { Reader } from './collect/reader.ts';
import type { TargetRead } from './collect/targets.ts';
import { trimHpa, trimScaledObject } from './collect/trim.ts';
import { pausingAnnotations } from './rules/keda.ts';
import { observedArch } from './platform.ts';
import { queriesOf } from './queries.ts';

export interface CollectOptions {
  /** null = all namespaces. */
  readonly namespace: string | null;
  /** One HPA, with those that share its target; all when left out. */
  readonly name?: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Of one request. */
  readonly timeoutMs?: number;
  /** Where it is known; the default of kube-controller-manager is 15. */
  readonly syncPeriodSeconds?: number;
  /** Whether to read the HPAs through autoscaling/v1 too; for recordings. */
  readonly withV1?: boolean;
  /** Earlier samples by `namespace/name` of the HPA. */
  readonly series?: ReadonlyMap<string, readonly BundleSample[]>;
}

export interface Collected {
  /** Of all HPAs in reach of the options' namespace. */
  readonly names: readonly string[];
  /** The ScaledObject that is paused, so that KEDA removed the HPA of the options' name; null = none. */
  readonly pausedBy: string | null;
  /** One bundle per namespace with HPAs, read when asked for. Raises ML-KUBE-UNREACHABLE and ML-KUBE-SHAPE. */
  bundles(): AsyncGenerator<Bundle>;
}

const Version = z.object({
  gitVersion: z.string(),
  major: z.string(),
  minor: z.string(),
  platform: z.string().default(''),
});

/**
 * Reads everything that an explanation needs, with GET requests only, and each kind of object with one list whatever the number of HPAs.
 * HPAs through autoscaling/v2: v1 hides metrics. What may not be read is noted in the bundles as unread. Raises ML-KUBE-UNREACHABLE, and
 * ML-EXPLAIN-FORBIDDEN, ML-KUBE-STATUS or ML-KUBE-SHAPE when the HPAs cannot be read.
 */
export async function collect(client: KubeClient, options: CollectOptions): Promise<Collected> {
  const reader = new Reader(client, options);
  const [version, all] = await Promise.all([
    reader.body('/version', { what: 'read the version', rule: null }),
    readHpas(reader, options),
  ]);
  const own = options.name === undefined ? all : sharing(all, options.name);
  const frame = { version: Version.safeParse(version).data, hpas: own };
  return {
    names: all.map(({ metadata }) => metadata.name),
    pausedBy: own.length > 0 ? null : await pausedBy(reader, options),
    bundles: () => bundlesOf(reader, options, frame),
  };
}

/** KEDA calls an HPA keda-hpa-NAME unless the ScaledObject says otherwise. Raises ML-KUBE-UNREACHABLE. */
async function pausedBy(reader: Reader, { namespace, name }: CollectOptions): Promise<string | null> {
  if (name === undefined || namespace === null) return null;
  const path = inScope('/apis/keda.sh/v1alpha1', namespace, 'scaledobjects');
  const answer = await reader.ask(path, listNeed('keda.sh', 'scaledobjects', namespace));
  const items = answer?.status === 200 ? ((answer.body as { items?: unknown[] }).items ?? []) : [];
  const paused = items.map(trimScaledObject).find(({ metadata, status }) => {
    const { hpaName } = (status ?? {}) as { hpaName?: string };
    const own = metadata as unknown as BundleMeta;
    return (
      [own.name, `keda-hpa-${own.name}`, hpaName].includes(name) && pausingAnnotations({ metadata: own }).length > 0
    );
  });
  return paused === undefined ? null : String(paused.metadata['name']);
}

const PATH = 'horizontalpodautoscalers';

/** The HPAs of a namespace or of all; the one of a name where only that may be read. Raises as `collect`. */
export async function readHpas(
  reader: Reader,
  { namespace, name }: Pick<CollectOptions, 'namespace' | 'name'>,
): Promise<readonly Hpa[]> {
  const path = inScope('/apis/autoscaling/v2', namespace, PATH);
  const parse = (item: unknown): Hpa => parseHpaObject(trimHpa(item));
  const listed = await reader.list(path, listNeed('autoscaling', PATH, namespace), parse);
  if (listed !== null) return listed;
  const refused = reader.unread.find((unread) => unread.path.startsWith(path));
  // Who may not list may still get one.
  if (name !== undefined && refused?.status === 403) {
    const one = await reader.ask(`${path}/${encodeURIComponent(name)}`, listNeed('autoscaling', PATH, namespace));
    if (one?.status === 200) return [parse(one.body)];
  }
  throw notRead(path, namespace, refused, reader.server);
}

function notRead(path: string, namespace: string | null, refused: Unread | undefined, server: string): LabError {
  const { status = null, message = '', rule = null } = refused ?? {};
  if (status === null) return new LabError('ML-KUBE-UNREACHABLE', { server, reason: message });
  if (rule === null) return new LabError('ML-KUBE-STATUS', { method: 'GET', path, code: status, reason: '', message });
  const where = namespace === null ? 'all namespaces' : `namespace ${namespace}`;
  return new LabError('ML-EXPLAIN-FORBIDDEN', { where, code: status, message, rule: ruleText(rule) });
}

function sharing(all: readonly Hpa[], name: string): readonly Hpa[] {
  const keys = new Set(all.filter(({ metadata }) => metadata.name === name).map(targetKey));
  return all.filter((hpa) => keys.has(targetKey(hpa)));
}

interface Frame {
  readonly version: z.infer<typeof Version> | undefined;
  readonly hpas: readonly Hpa[];
}

async function* bundlesOf(reader: Reader, options: CollectOptions, frame: Frame): AsyncGenerator<Bundle> {
  if (frame.hpas.length === 0) return;
  const { version } = frame;
  const lists = await readLists(reader, options.namespace, options.name, frame);
  const arch = observedArch({ ...(version === undefined ? {} : { version }), nodes: lists.nodes }) ?? 'amd64';
  const kubernetesVersion = version?.gitVersion.replace(/^v/, '') ?? '';
  const metrics = new MetricReader(reader);
  for (const [namespace, hpas] of Map.groupBy(frame.hpas, ({ metadata }) => metadata.namespace)) {
    const recordedAt = new Date(reader.now()).toISOString();
    const metricAnswers = await readAnswers(metrics, namespace, hpas, lists);
    const evidence = {
      ...(version === undefined ? {} : { version }),
      ...evidenceOf(namespace, hpas, lists),
      hpasV1: options.withV1 === true ? await readV1(reader, namespace, hpas) : [],
      metricAnswers,
      ...(options.series === undefined
        ? {}
        : { series: hpas.flatMap(({ metadata }) => options.series?.get(`${namespace}/${metadata.name}`) ?? []) }),
      syncPeriodSeconds: options.syncPeriodSeconds ?? 15,
      unread: reader.unread.filter(({ of, path }) => of === undefined || path.includes(`/namespaces/${namespace}/`)),
    };
    yield parseBundle({ kubernetesVersion, arch, recordedAt, evidence }, 'what the cluster answered');
  }
}

/** The same HPAs as autoscaling/v1 shows them. */
async function readV1(reader: Reader, namespace: string, hpas: readonly Hpa[]): Promise<readonly unknown[]> {
  const names = new Set(hpas.map(({ metadata }) => metadata.name));
  const path = inScope('/apis/autoscaling/v1', namespace, PATH);
  const trim = (item: unknown) => {
    const kept = parseHpaObject(trimHpa(item, 'v1'));
    return names.has(kept.metadata.name) ? kept : null;
  };
  return (await reader.list(path, listNeed('autoscaling', PATH, namespace), trim)) ?? [];
}

/** What the lists hold of one namespace. */
function evidenceOf(namespace: string, hpas: readonly Hpa[], lists: Lists): object {
  const of = (kind: 'pods' | 'replicaSets' | 'events' | 'scaledObjects') => lists[kind]?.get(namespace) ?? [];
  const known = (part: keyof TargetRead) =>
    Object.fromEntries(
      hpas.flatMap((hpa) => {
        const read = lists.targets.get(targetKey(hpa))?.[part];
        const { kind, name } = hpa.spec.scaleTargetRef;
        return read === undefined ? [] : [[`${kind}/${name}`, read]];
      }),
    );
  return {
    hpas,
    scale: known('scale'),
    target: known('target'),
    replicaSets: of('replicaSets'),
    pods: lists.pods === null ? null : of('pods'),
    nodes: lists.nodes,
    events: of('events'),
    apiServices: lists.apiServices,
    scaledObjects: of('scaledObjects'),
  };
}

/** From so many different selectors on, one list of the pods' metrics is less than as many questions. */
const LIST_FROM = 4;

async function readAnswers(
  metrics: MetricReader,
  namespace: string,
  hpas: readonly Hpa[],
  { targets, pods }: Lists,
): Promise<Readonly<Record<string, unknown>>> {
  const queries = hpas
    .flatMap((hpa) =>
      queriesOf(decodeV2(hpa, RULES).value.spec, namespace, knownSelector(targets.get(targetKey(hpa))), RULES),
    )
    .filter((query) => query !== null);
  const selectors = new Set(queries.flatMap((query) => (query.api === 'resource' ? [query.labelSelector] : [])));
  if (selectors.size >= LIST_FROM && pods !== null) {
    const index = new PodIndex((pods.get(namespace) ?? []) as unknown as readonly BundlePod[]);
    await metrics.listResources(namespace, [...selectors], (selector) =>
      index.select(selector).map(({ metadata }) => metadata.name),
    );
  }
  const answers = await Promise.all(queries.map(async (query) => metrics.read(namespace, query)));
  return Object.fromEntries(answers.flatMap((found) => (found === null ? [] : [[found.path, found.answer]])));
}

/** What is asked does not differ between versions. */
const RULES = rulesOf({ minor: NEWEST_MINOR, arch: 'amd64', gates: {} });
