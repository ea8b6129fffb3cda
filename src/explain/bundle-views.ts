import { decodeV2, defaultHpa, type HpaV2, rulesOf } from '../hpa/index.ts';
import { parseAs } from '../kube/objects.ts';
import { z } from 'zod';
import type { Bundle, BundleObject, BundleSample, Refusal } from './bundle.ts';
import { type BundleHpa, BundleIndex, hpasOf } from './bundle-index.ts';
import type { AnswerView, HpaView, SampleView, ScaleView } from './hpa-view.ts';
import { platformOf } from './platform.ts';
import { queriesOf } from './queries.ts';

/** The views of the HPAs of a bundle, one after the other; of one when a name is given. Raises ML-KUBE-SHAPE for an HPA that is none. */
export function* viewsOf(bundle: Bundle, name?: string): Generator<HpaView> {
  const hpas = hpasOf(bundle, rulesOf(platformOf(bundle).platform));
  const index = new BundleIndex(bundle, hpas);
  for (const own of hpas) if (name === undefined || own.hpa.metadata.name === name) yield viewOf(bundle, index, own);
}

const Named = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    ownerReferences: z.array(z.looseObject({ kind: z.string(), name: z.string() })).default([]),
    managedFields: z.array(z.looseObject({})).default([]),
  }),
});

function viewOf(bundle: Bundle, index: BundleIndex, { hpa, foreign }: BundleHpa): HpaView {
  const { evidence } = bundle;
  const { platform, facts } = platformOf(bundle, defaultHpa(hpa));
  const rules = rulesOf(platform);
  const { kind, name: targetName } = hpa.spec.scaleTargetRef;
  const { namespace = '', name = '' } = hpa.metadata;
  const object = parseAs(Named, foreign, 'an HPA') as unknown as BundleObject;
  const scale = scaleView(evidence.scale[`${kind}/${targetName}`]);
  const selector = scale !== null && 'selector' in scale ? scale.selector : null;
  const queries = queriesOf(hpa.spec, namespace, selector, rules);
  const paths = queries.map((query) => (query === null ? null : index.answers.find(namespace, query)));
  return {
    nowMs: Date.parse(bundle.recordedAt),
    platform,
    facts,
    rules,
    arch: platform.arch,
    hpa,
    namespace,
    name,
    onlyV1: evidence.hpas === null,
    object,
    others: index.sameTarget(hpa),
    scale,
    target: evidence.target[`${kind}/${targetName}`] ?? null,
    replicaSets: evidence.replicaSets,
    pods: selector === null ? null : index.podsOf(selector),
    events: index.eventsOf('HorizontalPodAutoscaler', name),
    targetEvents: index.eventsOf(kind, targetName),
    apiServices: evidence.apiServices,
    asked: queries.map((query) => query !== null),
    paths,
    answers: paths.map((path) => answerView(evidence.metricAnswers, path)),
    scaledObject: scaledObjectOf(evidence.scaledObjects, object),
    unread: evidence.unread.filter(
      ({ of }) => of === undefined || of === `${kind}/${targetName}` || paths.includes(of),
    ),
    syncPeriodMs: evidence.syncPeriodSeconds * 1000,
    series: samplesOf(index.seriesOf(name), hpa, foreign, rules),
    requests: paths.map((path) => requestTimes(evidence.adapterRequests, path)),
  };
}

function scaleView(read: Bundle['evidence']['scale'][string] | undefined): ScaleView | Refusal | null {
  if (read === undefined) return null;
  if ('error' in read) return read;
  const { spec, status } = read;
  return { spec: spec.replicas, status: status.replicas, selector: status.selector };
}

function answerView(answers: Bundle['evidence']['metricAnswers'], path: string | null): AnswerView | null {
  const answer = path === null ? undefined : answers[path];
  return path === null || answer === undefined ? null : { path, status: answer.status, body: answer.body };
}

/** The ScaledObject that KEDA made the HPA from: the HPA's owner, and named in the ScaledObject's status. */
function scaledObjectOf(all: Bundle['evidence']['scaledObjects'], object: BundleObject): HpaView['scaledObject'] {
  const owner = object.metadata.ownerReferences.find(({ kind }) => kind === 'ScaledObject')?.name;
  const { name } = object.metadata;
  return all.find(({ metadata, status }) => metadata.name === owner || status.hpaName === name) ?? null;
}

function samplesOf(
  series: readonly BundleSample[],
  own: HpaV2,
  foreign: unknown,
  rules: HpaView['rules'],
): readonly SampleView[] {
  return series.flatMap((sample) => {
    if (!('specReplicas' in sample.scale)) return [];
    const { specReplicas, statusReplicas } = sample.scale;
    const { status } = decodeV2({ ...(foreign as object), status: sample.status }, rules).value;
    return [{ atMs: Date.parse(sample.t), hpa: { ...own, status }, spec: specReplicas, status: statusReplicas }];
  });
}

function requestTimes(requests: Bundle['evidence']['adapterRequests'], path: string | null): readonly number[] | null {
  if (requests === undefined || path === null) return null;
  const plain = (text: string) => text.split('?')[0];
  return requests.filter((request) => plain(request.path) === plain(path)).map(({ t }) => Date.parse(t));
}
