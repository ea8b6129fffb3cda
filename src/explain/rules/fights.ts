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
  for (const event of view.targetEvents) {
    const found = /^Scaled down replica set \S+ from \d+ to (\d+)$/.exec(event.note);
    if (event.reason !== 'ScalingReplicaSet' || found === null) continue;
    const to = Number(found[1]);
    told.set(to, (told.get(to) ?? 0) + eventCount(event));
  }
  for (const { size, count } of rescales(view)) if (told.has(size)) told.set(size, (told.get(size) ?? 0) - count);
  return [
    ...[...seen].map(([to, count]) => ({ to, count, origin: 'the series' })),
    ...[...told].map(([to, count]) => ({ to, count, origin: "the Deployment's events" })),
  ];
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
  const back = rescales(view).filter(({ size }) => drop !== undefined && size > drop.to);
  if (drop === undefined || back.reduce((sum, { count }) => sum + count, 0) < 2) return null;
  return { applied, drop, back };
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
      evidence: [
        `observed: ${drop.origin}: ${drop.count} falls to ${drop.to}`,
        ...back.map(({ size, reason, count }) => `observed: event "New size: ${size}; reason: ${reason}" × ${count}`),
      ],
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
  const near = view.targetEvents.find(
    (event) =>
      event.reason === 'ScalingReplicaSet' &&
      event.note.endsWith(` to ${size}`) &&
      Math.abs(eventTime(event) - atMs) <= 2_000,
  );
  const from = near === undefined ? null : / from (\d+) to /.exec(near.note);
  return from === null ? null : Number(from[1]);
}

/** Without behavior the highest recommendation of the window lifts the count above what it is. */
export function liftedAgain(view: HpaView): readonly CatalogueFinding[] {
  if (view.hpa.spec.behavior !== undefined) return [];
  const lift = rescales(view).findLast(({ reason, size, atMs }) => {
    const before = reason === 'All metrics below target' || reason === '' ? sizeBefore(view, size, atMs) : null;
    return before !== null && before > 0 && size > before && view.nowMs - atMs <= RECENT_MS;
  });
  if (lift === undefined) return [];
  const seconds = DEFAULT_FLAGS.downscaleStabilizationMs / 1000;
  return [
    {
      id: 'scaled-back-up-after-manual-scale-down',
      severity: 'warning',
      title: `${targetText(view)} was scaled down to ${sizeBefore(view, lift.size, lift.atMs)} by hand, and the highest recommendation of the last ${seconds} s brought it back to ${lift.size}`,
      evidence: [
        `observed: event "New size: ${lift.size}; reason: ${lift.reason}" on an increase`,
        'observed: the HPA has no behavior, so the past is not limited to the current count',
      ],
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
  const lifted = rescales(view).some(({ size, reason }) => size === last?.to && reason.endsWith('above target'));
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

/** A Value metric that more replicas do not lower multiplies the count in every sync. */
export function valueRunsAway(view: HpaView): readonly CatalogueFinding[] {
  const first = view.series.find(({ hpa }) => samplesOf(hpa).length > 0);
  const last = view.series.at(-1);
  if (first === undefined || last === undefined || last.spec < 2 * Math.max(1, view.series[0]?.spec ?? 1)) return [];
  const { high } = bandOf(view.hpa, view.rules, DEFAULT_FLAGS.tolerance);
  const growth = last.spec / Math.max(1, view.series[0]?.spec ?? 1);
  const steps = view.series.filter(
    (sample, index) => index > 0 && sample.spec > (view.series[index - 1]?.spec ?? sample.spec),
  ).length;
  return samplesOf(last.hpa).flatMap((sample): CatalogueFinding[] => {
    const before = samplesOf(first.hpa).find(({ index }) => index === sample.index);
    const unmoved = before !== undefined && sample.usage >= 0.9 * before.usage && sample.usage <= 1.1 * before.usage;
    if (sample.kind !== 'Value' || sample.ratio <= high || !unmoved || steps < 2) return [];
    return [
      {
        id: 'value-vs-averagevalue-confusion',
        severity: 'error',
        title: `${sample.name} stayed at ${sample.shown} while ${targetText(view)} grew ${growth} times: its Value target ${sample.target} multiplies the count in every sync, up to maxReplicas ${view.hpa.spec.maxReplicas}`,
        evidence: [
          `observed: ${view.series[0]?.spec ?? 0} → ${last.spec} replicas in ${view.series.length} samples, value ${before.shown} → ${sample.shown}`,
          `computed: ratio ${sample.ratio.toFixed(2)} × ready pods, as if each replica had its own ${sample.name}`,
        ],
        upstream: [kk(79272), kk(87797)],
        fix: `a total such as a queue length needs an AverageValue: how much one replica may have of it`,
        next: `it runs to maxReplicas ${view.hpa.spec.maxReplicas} and stays there while the value is above ${sample.target}`,
      },
    ];
  });
}
