import { DEFAULT_FLAGS, readyPodsCount, podView } from '../../hpa/index.ts';
import { type CatalogueFinding, kk } from '../finding.ts';
import { conditionOf, hasCondition, type HpaView, patchText, scaleOf, targetText } from '../hpa-view.ts';
import { bandOf, isWithin, type MetricSampleView, samplesOf } from '../samples.ts';

const DEFAULT_WINDOW_S = DEFAULT_FLAGS.downscaleStabilizationMs / 1000;

/** The pods of a steady target that a ratio is multiplied by; null while the target changes. */
function steadyCount(view: HpaView): number | null {
  const scale = scaleOf(view);
  const calm =
    hasCondition(view.hpa, 'AbleToScale', 'True', 'ReadyForNewScale') &&
    hasCondition(view.hpa, 'ScalingActive', 'True');
  if (scale === null || !calm || scale.spec === 0 || scale.spec !== scale.status) return null;
  // A Value ratio is multiplied by ready pods, which are not known then.
  if (view.pods === null && samplesOf(view.hpa).some(({ kind }) => kind === 'Value')) return null;
  return view.hpa.status.desiredReplicas === scale.spec ? scale.spec : null;
}

/** What one metric asks for with no tolerance at all. Go's ceil of a product of floats, freed of what floats add. */
function bare(view: HpaView, sample: MetricSampleView, count: number): number {
  const { kind, ratio, spec, usage } = sample;
  if (kind === 'AverageValue' && (spec.type === 'External' || spec.type === 'Object'))
    return Math.ceil(Number(((totalOf(usage, count) * ratio) / usage).toFixed(6)));
  const pods = kind === 'Value' ? readyPodsCount((view.pods ?? []).map(podView)) : count;
  return Math.ceil(Number((ratio * pods).toFixed(6)));
}

/** The total behind an average, which the status shows rounded up to a thousandth: the whole number that rounds to it, if there is one. */
function totalOf(average: number, count: number): number {
  const most = Number((average * count).toFixed(6));
  const whole = Math.floor(most);
  return whole > most - count / 1000 ? whole : most;
}

interface Asked {
  readonly sample: MetricSampleView;
  readonly within: boolean;
  readonly bare: number;
}

function asks(view: HpaView, count: number): readonly Asked[] {
  const band = bandOf(view.hpa, view.rules, DEFAULT_FLAGS.tolerance);
  return samplesOf(view.hpa).map((sample) => ({
    sample,
    within: isWithin(sample.ratio, band, view.rules),
    bare: bare(view, sample, count),
  }));
}

const clamp = (view: HpaView, count: number): number =>
  Math.min(Math.max(count, view.hpa.spec.minReplicas ?? 1), view.hpa.spec.maxReplicas);

export function deadBand(view: HpaView): readonly CatalogueFinding[] {
  const count = steadyCount(view);
  const asked = count === null ? [] : asks(view, count);
  if (count === null || asked.length === 0 || asked.length !== (view.hpa.spec.metrics ?? []).length) return [];
  const held = Math.max(...asked.map((one) => (one.within ? count : one.bare)));
  const free = clamp(view, Math.max(...asked.map((one) => one.bare)));
  const [first] = asked.filter(({ within }) => within).toSorted((a, b) => b.bare - a.bare);
  if (held !== count || free === count || first === undefined) return [];
  const { name, shown, target, ratio } = first.sample;
  return [
    {
      id: 'tolerance-dead-band',
      severity: 'info',
      title: `${name} at ${shown} of ${target} is ${ratio.toFixed(3)} of its target, inside the tolerance: ${targetText(view)} stays at ${count}, where ${free} would be asked for`,
      evidence: [
        `observed: status shows ${shown}`,
        `computed: ratios within ${JSON.stringify(bandOf(view.hpa, view.rules, DEFAULT_FLAGS.tolerance))} change nothing`,
      ],
      upstream: [kk(116984)],
      fix: view.rules.configurableTolerance
        ? patchText(view, { behavior: { [free > count ? 'scaleUp' : 'scaleDown']: { tolerance: '0.01' } } })
        : 'choose a target that leaves room for 10%',
      next: `it changes when the ratio leaves the band`,
    },
  ];
}

export function ceilKeeps(view: HpaView): readonly CatalogueFinding[] {
  const count = steadyCount(view);
  const asked = count === null ? [] : asks(view, count);
  if (count === null || asked.length === 0 || count <= (view.hpa.spec.minReplicas ?? 1)) return [];
  const keeper = asked.find(({ sample, within, bare: wanted }) => !within && sample.ratio < 1 && wanted === count);
  const others = asked.some(
    ({ sample, within, bare: wanted }) => sample !== keeper?.sample && (within || wanted >= count),
  );
  if (keeper === undefined || others) return [];
  const { name, shown, target, ratio } = keeper.sample;
  return [
    {
      id: 'ceil-keeps-replicas',
      severity: 'info',
      title: `${name} at ${shown} of ${target} is ${ratio.toFixed(3)} of its target, yet ${targetText(view)} keeps ${count}: ceil(${count} × ${ratio.toFixed(3)}) = ${count}`,
      evidence: [
        `observed: status shows ${shown}`,
        `computed: ${count - 1} replicas need a ratio of at most ${((count - 1) / count).toFixed(3)}`,
      ],
      upstream: [kk(78761), kk(95762)],
      fix: 'a higher target, or a metric that falls faster',
      next: null,
    },
  ];
}

/** A recommendation of the past holds: worth a word when its window is long, against a rise, or started again and again. */
export function heldByStabilization(view: HpaView): readonly CatalogueFinding[] {
  const { behavior } = view.hpa.spec;
  const reason = conditionOf(view.hpa, 'AbleToScale')?.reason ?? '';
  const down = behavior?.scaleDown?.stabilizationWindowSeconds ?? DEFAULT_WINDOW_S;
  const up = behavior?.scaleUp?.stabilizationWindowSeconds ?? 0;
  const restarts = clockRestarts(view);
  const long = reason === 'ScaleDownStabilized' && down > DEFAULT_WINDOW_S;
  const rising = reason === 'ScaleUpStabilized' && up > 0;
  if (!long && !rising && restarts === 0) return [];
  const how = rising ? `the lowest recommendation of ${up} s` : `the highest recommendation of ${down} s`;
  return [
    {
      id: 'held-by-stabilization',
      severity: 'info',
      title: `${targetText(view)} is held at ${scaleOf(view)?.spec ?? view.hpa.status.desiredReplicas} by ${how}${restarts > 0 ? `; spikes started the clock again ${restarts} times` : ''}`,
      evidence: [`observed: AbleToScale ${reason}`, `observed: windows of ${up} s up and ${down} s down`],
      upstream: [kk(78761)],
      fix: patchText(view, {
        behavior: rising
          ? { scaleUp: { stabilizationWindowSeconds: 0 } }
          : { scaleDown: { stabilizationWindowSeconds: 60 } },
      }),
      next: `it moves at the latest ${rising ? up : down} s after the last recommendation that holds it`,
    },
  ];
}

/** How often a held scale-down was asked for again by a spike, as the series shows: held, not held, held, with no fall between. */
function clockRestarts({ series }: HpaView): number {
  let restarts = 0;
  let heldAt: number | null = null;
  let interrupted = false;
  for (const { hpa, spec } of series) {
    if (heldAt !== null && spec < heldAt) heldAt = null;
    if (conditionOf(hpa, 'AbleToScale')?.reason !== 'ScaleDownStabilized') {
      interrupted = heldAt !== null;
      continue;
    }
    if (interrupted && heldAt !== null) restarts += 1;
    interrupted = false;
    heldAt = spec;
  }
  return restarts;
}
