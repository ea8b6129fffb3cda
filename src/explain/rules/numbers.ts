import type { MetricSpec } from '../../hpa/index.ts';
import { type CatalogueFinding, kk } from '../finding.ts';
import { hasCondition, type HpaView, metricName, targetText } from '../hpa-view.ts';
import { leavesInt64, milliValueOf } from '../milli-value.ts';
import { itemsOf, recompute } from '../recompute.ts';
import { isArtefact, type MetricSampleView, plain, samplesOf, targetKind } from '../samples.ts';

const MAX_INT32 = 2_147_483_647;
const LARGEST = '9223372036854775807m';
/** Values of this size are what is left of a wrapped one. */
const WRAPPED = 9.2e15;

function rawValues(view: HpaView, index: number): readonly string[] {
  const answer = view.answers[index] ?? null;
  const items = answer === null ? null : itemsOf(answer);
  return (items ?? []).flatMap((item) => [item['value'], ...usages(item)].filter((text) => typeof text === 'string'));
}

/** The quantities of one pod of metrics.k8s.io. */
function usages(item: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { containers } = item;
  if (!Array.isArray(containers)) return [];
  return containers.flatMap((container: { usage?: Record<string, unknown> }) => Object.values(container.usage ?? {}));
}

/** What does not fit into 64 bits: one value, or the sum of an external metric's series; null = everything does. */
function giantOf(spec: MetricSpec, values: readonly string[]): string | null {
  const one = values.find(leavesInt64);
  if (one !== undefined || spec.type !== 'External') return one ?? null;
  const sum = values.reduce((total, text) => total + (milliValueOf(text) ?? 0n), 0n);
  return leavesInt64(`${sum}m`) ? values.join(' + ') : null;
}

/** Thousandths that do not fit into int64. */
export function giganticValue(view: HpaView): readonly CatalogueFinding[] {
  return (view.hpa.spec.metrics ?? []).flatMap((spec, index): CatalogueFinding[] => {
    const sample = samplesOf(view.hpa).find((one) => one.index === index);
    const wrapped = sample !== undefined && sample.usage < -WRAPPED && !isArtefact(sample.shown);
    const giant = giantOf(spec, rawValues(view, index)) ?? (wrapped ? 'more than the status can show' : null);
    if (giant === null) return [];
    const shown = sample?.shown ?? 'nothing';
    return [
      {
        id: 'gigantic-value-wraps',
        severity: 'error',
        title: `${metricName(spec)} is ${giant}, whose thousandths do not fit into 64 bits: the controller reads ${shown}`,
        evidence: [
          `observed: the metrics API answers ${rawValues(view, index).join(', ') || 'nothing that was recorded'}`,
          `observed: the status shows ${shown}`,
        ],
        upstream: ['https://github.com/kedacore/keda/pull/7534'],
        fix: 'report a larger unit (GiB instead of bytes) and divide the target alike',
        next: null,
      },
    ];
  });
}

/** Any running sum below zero counts as "too big". Upstream: replica_calculator.go GetExternalPerPodMetricReplicas. */
export function negativeExternal(view: HpaView): readonly CatalogueFinding[] {
  if (!view.rules.externalAverageCap) return [];
  return (view.hpa.spec.metrics ?? []).flatMap((spec, index): CatalogueFinding[] => {
    if (spec.type !== 'External' || targetKind(spec) !== 'AverageValue') return [];
    const values = rawValues(view, index);
    let sum = 0n;
    const negative = values.some((text) => (sum += milliValueOf(text) ?? 0n) < 0n);
    const shown = samplesOf(view.hpa).find((sample) => sample.index === index)?.shown ?? 'nothing';
    // On arm64 a division by no pods reads the same.
    const capped = shown === LARGEST && view.arch === 'amd64';
    if ((!negative && !capped) || giantOf(spec, values) !== null) return [];
    return [
      {
        id: 'negative-external-value-reads-as-maxint64',
        severity: 'error',
        title: `${metricName(spec)} ${negative ? `is ${values.join(', ')}` : 'was below 0 (or beyond 64 bits) in the last sync'}: a negative sum reads as the largest number there is (${shown}), so ${targetText(view)} scales to maxReplicas ${view.hpa.spec.maxReplicas}`,
        evidence: [
          `observed: the metrics API answers ${values.join(', ') || 'nothing that was recorded'}`,
          `computed: quirk of 1.${view.platform.minor} (1.34 and later)`,
        ],
        upstream: [
          'https://github.com/kubernetes/kubernetes/pull/127050',
          'https://github.com/kedacore/keda/pull/7887',
        ],
        fix: 'clamp the metric at its source: clamp_min(…, 0)',
        next: `it stays at ${view.hpa.spec.maxReplicas} while the value is below 0`,
      },
    ];
  });
}

/** The last sync went down to minReplicas although a metric asked for more than int32 holds; with fewer pods it may fit again. */
function fellFromAbove(view: HpaView, samples: readonly MetricSampleView[]): string | null {
  const { currentReplicas } = view.hpa.status;
  const low =
    hasCondition(view.hpa, 'ScalingLimited', 'True', 'TooFewReplicas') &&
    hasCondition(view.hpa, 'ScalingActive', 'True');
  const huge = samples.find(({ ratio }) => ratio * Math.max(currentReplicas, 1) > MAX_INT32);
  return !low || huge === undefined
    ? null
    : `observed: ScalingLimited is TooFewReplicas with ${huge.name} at ${huge.shown} of ${huge.target} and ${currentReplicas} replicas`;
}

/** A proposal that does not fit into int32 is the smallest int32 on amd64, which is raised to minReplicas. */
export function overflow(view: HpaView): readonly CatalogueFinding[] {
  const steps = recompute(view)?.steps ?? [];
  const step = steps.find(
    (step) =>
      (step.rule === 'proposal' && step.result < 0 && step.inputs.ratio > 1) ||
      (step.rule === 'rate' && step.inputs.direction === 'up' && step.result < 0),
  );
  const samples = samplesOf(view.hpa).filter(({ ratio }) => ratio > 1);
  const wrapped = step === undefined ? fellFromAbove(view, samples) : `computed: ${step.upstream} gives ${step.result}`;
  if (wrapped === null) return [];
  const named = samples.map(({ name, shown, target }) => `${name} at ${shown} of ${target}`).join(', ');
  return [
    {
      id: 'overflow-scales-to-min',
      severity: 'error',
      title: `${named || targetText(view)} asks for more than ${MAX_INT32} replicas, which on ${view.arch} becomes a negative count: ${targetText(view)} scales down to minReplicas ${view.hpa.spec.minReplicas ?? 1}`,
      evidence: [wrapped, `observed: Kubernetes 1.${view.platform.minor} on ${view.arch}`],
      upstream: [kk(126892), 'https://github.com/kubernetes/kubernetes/pull/141397'],
      fix: 'use a target in the unit of the metric, so that the ratio stays sane',
      next: `it stays at ${view.hpa.spec.minReplicas ?? 1} while the metric is that large`,
    },
  ];
}

/** "9500m" is 9.5. cpu beside a target in the same unit is not worth a word. */
export function milliUnits(view: HpaView): readonly CatalogueFinding[] {
  return samplesOf(view.hpa).flatMap(({ name, shown, target, spec, usage }): CatalogueFinding[] => {
    const cpu = (spec.resource ?? spec.containerResource)?.name === 'cpu' && target.endsWith('m');
    if (!shown.endsWith('m') || isArtefact(shown) || Math.abs(usage) > WRAPPED || cpu) return [];
    return [
      {
        id: 'milli-units-misread',
        severity: 'info',
        title: `${name} at ${shown} is ${plain(shown)} (m = one thousandth), against ${plain(target)}`,
        evidence: [`observed: status.currentMetrics shows ${shown}`],
        upstream: ['https://github.com/kedacore/keda/issues/5784'],
        fix: null,
        next: null,
      },
    ];
  });
}
