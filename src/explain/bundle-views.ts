import {
  type Arch,
  decodeV1,
  decodeV2,
  type HpaV2,
  metricQueries,
  type MetricQuery,
  NEWEST_MINOR,
  OLDEST_MINOR,
  type Platform,
  type Rules,
  rulesOf,
  v1ToV2,
} from '../hpa/index.ts';
import { parseAs } from '../kube/objects.ts';
import { parseSelector } from '../kube/label-selector.ts';
import { z } from 'zod';
import type { Bundle, BundleObject, BundleSample, Refusal } from './bundle.ts';
import { type AnswerView, eventTime, type HpaView, type SampleView, type ScaleView } from './hpa-view.ts';

/** The views of all HPAs of a bundle. Raises ML-KUBE-SHAPE for an HPA that is none. */
export function viewsOf(bundle: Bundle): readonly HpaView[] {
  const platform = platformOf(bundle);
  const rules = rulesOf(platform);
  const { evidence } = bundle;
  const onlyV1 = evidence.hpas === null;
  const objects = evidence.hpas ?? evidence.hpasV1;
  const hpas = objects.map((object) =>
    onlyV1 ? v1ToV2(decodeV1(object, rules).value, rules) : decodeV2(object, rules).value,
  );
  return hpas.map((hpa, index) => {
    const others = hpas.filter((_, other) => other !== index);
    return viewOf(bundle, { platform, rules, hpa, others, onlyV1, foreign: objects[index] });
  });
}

function platformOf({ kubernetesVersion, arch }: Bundle): Platform {
  const minor = Number.parseInt(kubernetesVersion.split('.')[1] ?? '', 10);
  const known = Number.isNaN(minor) ? NEWEST_MINOR : Math.min(Math.max(minor, OLDEST_MINOR), NEWEST_MINOR);
  return { minor: known, arch: arch satisfies Arch, gates: {} };
}

interface Own {
  readonly platform: Platform;
  readonly rules: Rules;
  readonly hpa: HpaV2;
  readonly others: readonly HpaV2[];
  readonly onlyV1: boolean;
  readonly foreign: unknown;
}

const Named = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    ownerReferences: z.array(z.looseObject({ kind: z.string(), name: z.string() })).default([]),
    managedFields: z.array(z.looseObject({})).default([]),
  }),
});

function viewOf({ evidence, recordedAt }: Bundle, own: Own): HpaView {
  const { hpa, rules } = own;
  const { kind, name } = hpa.spec.scaleTargetRef;
  const namespace = hpa.metadata.namespace ?? '';
  const hpaName = hpa.metadata.name ?? '';
  const scale = scaleView(evidence.scale[`${kind}/${name}`]);
  const selector = scale !== null && 'selector' in scale ? scale.selector : '';
  const queries = metricQueries(hpa.spec, namespace, selector, rules);
  const mine = (event: { regarding: { kind: string; name: string } }) =>
    event.regarding.kind === 'HorizontalPodAutoscaler' && event.regarding.name === hpaName;
  const events = evidence.events.toSorted((a, b) => eventTime(a) - eventTime(b));
  const paths = queries.map((query) =>
    query === null ? null : pathOf(Object.keys(evidence.metricAnswers), namespace, query),
  );
  return {
    nowMs: Date.parse(recordedAt),
    platform: own.platform,
    rules,
    arch: own.platform.arch,
    hpa,
    namespace,
    name: hpaName,
    onlyV1: own.onlyV1,
    object: parseAs(Named, own.foreign, 'an HPA') as unknown as BundleObject,
    others: own.others,
    scale,
    target: evidence.target[`${kind}/${name}`] ?? null,
    replicaSets: evidence.replicaSets,
    pods: selectedPods(evidence.pods, selector),
    events: events.filter(mine),
    otherEvents: events.filter((event) => event.regarding.kind !== 'HorizontalPodAutoscaler'),
    apiServices: evidence.apiServices,
    answers: paths.map((path) => answerView(evidence.metricAnswers, path)),
    syncPeriodMs: evidence.syncPeriodSeconds * 1000,
    series: seriesOf(evidence.series ?? [], hpaName, own),
    requests: paths.map((path) => requestTimes(evidence.adapterRequests, path)),
  };
}

function scaleView(read: Bundle['evidence']['scale'][string] | undefined): ScaleView | Refusal | null {
  if (read === undefined) return null;
  if ('error' in read) return read;
  const { spec, status } = read;
  return { spec: spec.replicas, status: status.replicas, selector: status.selector };
}

function selectedPods(pods: Bundle['evidence']['pods'], text: string): Bundle['evidence']['pods'] {
  const selector = text === '' ? '' : parseSelector(text);
  return typeof selector === 'string' ? [] : pods.filter(({ metadata }) => selector.matches(metadata.labels ?? {}));
}

/** The recorded path that answers a query. Objects are found by name and metric, since a query knows the kind, not its resource. */
function pathOf(paths: readonly string[], namespace: string, query: MetricQuery): string | null {
  const below = `/namespaces/${namespace}/`;
  return paths.find((path) => matches(path, below, query)) ?? null;
}

function matches(path: string, below: string, query: MetricQuery): boolean {
  const url = new URL(path, 'http://bundle');
  const at = url.pathname.indexOf(below);
  if (at < 0) return false;
  const group = url.pathname.split('/')[2] ?? '';
  const rest = url.pathname
    .slice(at + below.length)
    .split('/')
    .map(decodeURIComponent);
  const labels = url.searchParams.get('labelSelector') ?? '';
  if (query.api === 'resource')
    return group === 'metrics.k8s.io' && rest[0] === 'pods' && labels === query.labelSelector;
  if (query.api === 'external') {
    return group === 'external.metrics.k8s.io' && rest[0] === query.metric && labels === query.labelSelector;
  }
  const metricLabels = url.searchParams.get('metricLabelSelector') ?? '';
  if (group !== 'custom.metrics.k8s.io' || metricLabels !== query.metricLabelSelector) return false;
  if (query.kind === 'pods') return rest[0] === 'pods' && rest[1] === '*' && rest[2] === query.metric;
  if (query.rootScoped) return rest[0] === 'metrics' && rest[1] === query.metric;
  const resource = (rest[0] ?? '').split('.')[0] ?? '';
  return rest[1] === query.object.name && rest[2] === query.metric && isPluralOf(resource, query.object.kind);
}

/** apimachinery meta.UnsafeGuessKindToResource: the plurals that built-in kinds have. */
function isPluralOf(resource: string, kind: string): boolean {
  const lower = kind.toLowerCase();
  const stem = lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : lower.endsWith('s') ? `${lower}es` : `${lower}s`;
  return resource === stem || resource === lower;
}

function answerView(answers: Bundle['evidence']['metricAnswers'], path: string | null): AnswerView | null {
  const answer = path === null ? undefined : answers[path];
  return path === null || answer === undefined ? null : { path, status: answer.status, body: answer.body };
}

function seriesOf(series: readonly BundleSample[], name: string, own: Own): readonly SampleView[] {
  return series.flatMap((sample) => {
    if (sample.hpa !== name || !('specReplicas' in sample.scale)) return [];
    const { specReplicas, statusReplicas } = sample.scale;
    const hpa = decodeV2({ ...(own.foreign as object), status: sample.status }, own.rules).value;
    return [
      {
        atMs: Date.parse(sample.t),
        hpa: { ...own.hpa, status: hpa.status },
        spec: specReplicas,
        status: statusReplicas,
      },
    ];
  });
}

function requestTimes(requests: Bundle['evidence']['adapterRequests'], path: string | null): readonly number[] | null {
  if (requests === undefined || path === null) return null;
  const plain = (text: string) => text.split('?')[0];
  return requests.filter((request) => plain(request.path) === plain(path)).map(({ t }) => Date.parse(t));
}
