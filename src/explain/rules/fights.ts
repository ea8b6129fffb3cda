import { DEFAULT_FLAGS } from '../../hpa/index.ts';
import { type CatalogueFinding, kk } from '../finding.ts';
import {
  conditionOf,
  eventCount,
  eventTime,
  hasCondition,
  type HpaView,
  rescales,
  scaleOf,
  targetText,
} from '../hpa-view.ts';
import { bandOf, isWithin, samplesOf } from '../samples.ts';

const RECENT_MS = 10 * 60_000;
/** How long a busy control plane may take to follow a rescale. */
const FOLLOWS_MS = 30_000;

interface Drop {
  readonly to: number;
  readonly count: number;
  readonly origin: string;
}

/** Falls of spec.replicas that the HPA did not ask for: in the series, and as the Deployment's events tell them. */
function foreignDrops(view: HpaView): readonly Drop[] {
  const seen = new Map<number, number>();
  for (const [index, { spec, hpa }] of view.series.entries()) {
    const before = view.series[index - 1];
    const foreign = before !== undefined && spec < before.spec && hpa.status.desiredReplicas >= before.spec;
    if (foreign) seen.set(spec, (seen.get(spec) ?? 0) + 1);
  }
  const told = new Map<number, number>();
  for (const event of scaleDownsOfCurrentSet(view)) told.set(event.to, (told.get(event.to) ?? 0) + event.count);
  for (const { size, count } of rescales(view)) if (told.has(size)) told.set(size, (told.get(size) ?? 0) - count);
  return [
    ...[...seen].map(([to, count]) => ({ to, count, origin: 'the series' })),
    ...[...told].map(([to, count]) => ({ to, count, origin: "the Deployment's events" })),
  ];
}

/** A rollout scales the old ReplicaSet down, step by step to 0: that is nobody's fight. */
function scaleDownsOfCurrentSet({ targetEvents }: HpaView): readonly { readonly to: number; readonly count: number }[] {
  const falls = targetEvents.flatMap((event) => {
    const [, set = '', to = ''] = /^Scaled down replica set (\S+) from \d+ to (\d+)$/.exec(event.note) ?? [];
    return event.reason === 'ScalingReplicaSet' && to !== '' ? [{ set, to: Number(to), count: eventCount(event) }] : [];
  });
  const replaced = new Set(falls.filter(({ to }) => to === 0).map(({ set }) => set));
  return falls.filter(({ set }) => !replaced.has(set));
}

/** spec.replicas of what kubectl apply was given last; null = it has none. */
function appliedReplicas({ target }: HpaView): number | null {
  if (target === null || 'error' in target) return null;
  const text = target.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  const found = text === undefined ? null : /"replicas":(\d+)/.exec(text);
  return found === null ? null : Number(found[1]);
}

/** The count that another writer sets again and again, and the rescales by which the HPA brought it back; null = nobody fights. */
function fightOf(view: HpaView) {
  const applied = appliedReplicas(view);
  const drop = foreignDrops(view).find(({ to, count }) => count >= 2 || (count === 1 && to === applied));
  if (drop === undefined) return null;
  const told = rescales(view).filter(({ size }) => size > drop.to);
  const back = told.map(({ size, reason, count }) => ({
    count,
    text: `observed: event "New size: ${size}; reason: ${reason}" × ${count}`,
  }));
  const risen = view.series.filter(({ spec }, index) => {
    const before = view.series[index - 1]?.spec;
    return before === drop.to && spec > before;
  }).length;
  if (back.length === 0 && risen > 0)
    back.push({ count: risen, text: `observed: the series: ${risen} rises from ${drop.to}` });
  return back.reduce((sum, { count }) => sum + count, 0) < 2 ? null : { applied, drop, back };
}

/** A manifest or another tool sets the count again and again. */
export function manifestFights(view: HpaView): readonly CatalogueFinding[] {
  const fight = fightOf(view);
  if (fight === null) return [];
  const { applied, drop, back } = fight;
  const owner =
    applied === drop.to
      ? `the applied manifest has spec.replicas ${applied}`
      : 'something other than the HPA writes spec.replicas';
  return [
    {
      id: 'manifest-fights-the-hpa',
      severity: 'error',
      title: `${targetText(view)} fell to ${drop.to} ${drop.count} times without the HPA, which brought it back each time: ${owner}`,
      evidence: [`observed: ${drop.origin}: ${drop.count} falls to ${drop.to}`, ...back.map(({ text }) => text)],
      upstream: [kk(25238), kk(66385)],
      fix: `take spec.replicas out of the manifest (first: kubectl apply edit-last-applied ${view.hpa.spec.scaleTargetRef.kind.toLowerCase()} ${view.hpa.spec.scaleTargetRef.name} -n ${view.namespace}); in Argo CD ignoreDifferences`,
      next: `the next apply sets ${drop.to} again`,
    },
  ];
}

/** Where an event of the HPA found the count: the status of the same sync, the series, or the Deployment's event of that moment. */
function sizeBefore(view: HpaView, size: number, atMs: number): number | null {
  const { status } = view.hpa;
  const now = hasCondition(view.hpa, 'AbleToScale', 'True', 'SucceededRescale') && status.desiredReplicas === size;
  if (now && Date.parse(status.lastScaleTime ?? '') === atMs) return status.currentReplicas;
  const earlier = view.series.findLast((sample) => sample.atMs < atMs);
  if (earlier !== undefined) return earlier.spec;
  const near = view.targetEvents.find((event) => {
    const lateMs = eventTime(event) - atMs;
    return (
      event.reason === 'ScalingReplicaSet' &&
      event.note.endsWith(` to ${size}`) &&
      lateMs >= -2_000 &&
      lateMs <= FOLLOWS_MS
    );
  });
  const from = near === undefined ? null : / from (\d+) to /.exec(near.note);
  return from === null ? null : Number(from[1]);
}

interface Lift {
  readonly from: number;
  readonly to: number;
  readonly evidence: string;
}

/** An increase whose event says that no metric asked for it. */
function toldLift(view: HpaView): Lift | null {
  const lifts = rescales(view).flatMap(({ reason, size, atMs }): Lift[] => {
    const from = reason === 'All metrics below target' || reason === '' ? sizeBefore(view, size, atMs) : null;
    if (from === null || from <= 0 || size <= from || view.nowMs - atMs > RECENT_MS) return [];
    return [{ from, to: size, evidence: `observed: event "New size: ${size}; reason: ${reason}" on an increase` }];
  });
  return lifts.at(-1) ?? null;
}

/** Where events are gone: the status of such a sync. */
function shownLift(view: HpaView): Lift | null {
  const { currentReplicas: from, desiredReplicas: to } = view.hpa.status;
  const { low } = bandOf(view.hpa, view.rules, DEFAULT_FLAGS.tolerance);
  const samples = samplesOf(view.hpa);
  const raised =
    hasCondition(view.hpa, 'AbleToScale', 'True', 'SucceededRescale') &&
    hasCondition(view.hpa, 'ScalingActive', 'True') &&
    to > from &&
    from >= Math.max(1, view.hpa.spec.minReplicas ?? 1);
  const idle =
    samples.length === (view.hpa.spec.metrics ?? []).length && samples.every(({ ratio }) => ratio >= 0 && ratio < low);
  if (rescales(view).length > 0 || !raised || !idle) return null;
  return { from, to, evidence: `observed: the last sync raised ${from} to ${to} with every metric below its target` };
}

/** Without behavior the highest recommendation of the window lifts the count above what it is. */
export function liftedAgain(view: HpaView): readonly CatalogueFinding[] {
  if (view.hpa.spec.behavior !== undefined) return [];
  const lift = toldLift(view) ?? shownLift(view);
  if (lift === null) return [];
  const seconds = DEFAULT_FLAGS.downscaleStabilizationMs / 1000;
  return [
    {
      id: 'scaled-back-up-after-manual-scale-down',
      severity: 'warning',
      title: `${targetText(view)} was scaled down to ${lift.from} by hand, and the highest recommendation of the last ${seconds} s brought it back to ${lift.to}`,
      evidence: [lift.evidence, 'observed: the HPA has no behavior, so the past is not limited to the current count'],
      upstream: ['pkg/controller/podautoscaler/horizontal.go stabilizeRecommendation'],
      fix: 'delete or change the HPA before scaling by hand; any spec.behavior limits the lift to the current count',
      next: `the count falls ${seconds} s after the last high recommendation`,
    },
  ];
}

/** AverageValue inside the tolerance answers with status.replicas, which a rollout raises. */
export function surgeDrift(view: HpaView): readonly CatalogueFinding[] {
  const band = bandOf(view.hpa, view.rules, DEFAULT_FLAGS.tolerance);
  const drifts = [...view.series.map(({ hpa }) => hpa), view.hpa].flatMap((hpa) => {
    const { currentReplicas, desiredReplicas } = hpa.status;
    const samples = samplesOf(hpa);
    const totals = samples.filter(
      ({ kind, spec }) => kind === 'AverageValue' && (spec.type === 'External' || spec.type === 'Object'),
    );
    const grew =
      conditionOf(hpa, 'AbleToScale')?.reason === 'SucceededRescale' &&
      desiredReplicas > currentReplicas &&
      currentReplicas > 0;
    const calm = samples.length > 0 && samples.every(({ ratio }) => ratio < 1 || isWithin(ratio, band, view.rules));
    const within = totals.find(({ ratio }) => isWithin(ratio, band, view.rules));
    return grew && calm && within !== undefined ? [{ from: currentReplicas, to: desiredReplicas, within }] : [];
  });
  const last = drifts.at(-1);
  const told = rescales(view);
  const lifted =
    told.length === 0
      ? view.series.some(({ spec, status }) => status > spec)
      : told.some(({ size, reason }) => size === last?.to && reason.endsWith('above target'));
  if (last === undefined || !lifted) return [];
  // The pods of before a foreign fall still count in status.replicas: taking them over is that fight, not a rollout.
  if (fightOf(view)?.drop.to === last.from) return [];
  return [
    {
      id: 'surge-drift',
      severity: 'warning',
      title: `the HPA raised ${targetText(view)} from ${last.from} to ${last.to} although ${last.within.name} at ${last.within.shown} of ${last.within.target} is inside the tolerance: it took over the pods of a rollout`,
      evidence: [
        `observed: scale.status.replicas is ${scaleOf(view)?.status ?? 'unknown'}, spec.replicas ${scaleOf(view)?.spec ?? 'unknown'}`,
        'computed: an AverageValue inside the tolerance asks for status.replicas, surge pods included',
      ],
      upstream: [kk(138505), 'https://github.com/kubernetes/kubernetes/pull/141134'],
      fix: 'a smaller maxSurge, a Value target, or scale-up policies in percent',
      next: 'each surge of the rollout raises the count again',
    },
  ];
}
