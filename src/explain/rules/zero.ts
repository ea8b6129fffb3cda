import { type CatalogueFinding, kk } from '../finding.ts';
import {
  conditionOf,
  conditionText,
  hasCondition,
  type HpaView,
  patchText,
  rescales,
  scaleOf,
  targetText,
} from '../hpa-view.ts';
import { kedaOwner } from './keda.ts';
import { milliValueOf } from '../milli-value.ts';
import { itemsOf } from '../recompute.ts';
import { samplesOf } from '../samples.ts';

/** At zero the HPA does nothing unless it put the zero there itself and knows it. */
export function atZero(view: HpaView): readonly CatalogueFinding[] {
  if (!hasCondition(view.hpa, 'ScalingActive', 'False', 'ScalingDisabled')) return [];
  // KEDA put the zero there and takes it away again.
  if (kedaOwner(view) !== null) return [];
  return [isHalfGate(view) ? halfGate(view) : disabled(view)];
}

/** The HPA scaled to zero, but the controller keeps no ScaledToZero condition: its gate is off. */
function isHalfGate(view: HpaView): boolean {
  if (!view.rules.zeroNeedsCondition || view.hpa.spec.minReplicas !== 0) return false;
  const condition = conditionOf(view.hpa, 'ScaledToZero');
  if (condition !== undefined) return condition.status === 'True';
  const last = rescales(view).at(-1);
  if (last !== undefined) return last.size === 0;
  return scaleWriter(view) === 'kube-controller-manager' || stoppedAfterRescale(view);
}

/** With the gate off, the sync after the HPA's own rescale to zero says ScalingDisabled. */
function stoppedAfterRescale({ hpa, syncPeriodMs }: HpaView): boolean {
  const scaledMs = Date.parse(hpa.status.lastScaleTime ?? '');
  const stoppedMs = Date.parse(conditionOf(hpa, 'ScalingActive')?.lastTransitionTime ?? '');
  return stoppedMs >= scaledMs && stoppedMs - scaledMs < 2 * syncPeriodMs;
}

/** Who wrote spec.replicas last, through the scale subresource. */
function scaleWriter({ target }: HpaView): string | undefined {
  if (target === null || 'error' in target) return undefined;
  return target.metadata.managedFields.find(({ fieldsV1 }) => {
    const spec = fieldsV1?.['f:spec'];
    return spec !== null && typeof spec === 'object' && 'f:replicas' in spec;
  })?.manager;
}

function halfGate(view: HpaView): CatalogueFinding {
  return {
    id: 'scale-to-zero-gate-only-half-on',
    severity: 'error',
    title: `the HPA scaled ${targetText(view)} to 0 and cannot bring it back: gate HPAScaleToZero is on in the API server, but not in kube-controller-manager`,
    evidence: [
      conditionText(view, 'ScalingActive'),
      conditionText(view, 'ScaledToZero'),
      `observed: minReplicas 0 was accepted; last rescale: New size: ${rescales(view).at(-1)?.size ?? 'unknown'}`,
    ],
    upstream: ['https://github.com/kubernetes/kubernetes/pull/135118'],
    fix: `start kube-controller-manager with --feature-gates=HPAScaleToZero=true; for now: kubectl scale ${view.hpa.spec.scaleTargetRef.kind.toLowerCase()} ${view.hpa.spec.scaleTargetRef.name} -n ${view.namespace} --replicas=1`,
    next: 'it stays at 0 until somebody scales it up, and each idle phase brings the zero back',
  };
}

function disabled(view: HpaView): CatalogueFinding {
  const { kind, name } = view.hpa.spec.scaleTargetRef;
  const writer = scaleWriter(view);
  return {
    id: 'scalingdisabled-at-zero',
    severity: 'warning',
    title: `${targetText(view)} was set to 0 replicas by ${writer ?? 'someone'} other than the HPA, which counts as "off": it does nothing`,
    evidence: [
      conditionText(view, 'ScalingActive'),
      `observed: spec.replicas is ${scaleOf(view)?.spec ?? 'unknown'}, minReplicas is ${view.hpa.spec.minReplicas ?? 1}`,
    ],
    upstream: ['https://github.com/kubernetes/kubernetes/pull/29212'],
    fix: `kubectl scale ${kind.toLowerCase()} ${name} -n ${view.namespace} --replicas=${Math.max(1, view.hpa.spec.minReplicas ?? 1)}`,
    next: 'it stays at 0 until somebody scales it up',
  };
}

/** How many replicas the scale-up policies allow from zero, with no earlier scale-down in their periods. */
function allowedFromZero(view: HpaView): number | null {
  const up = view.hpa.spec.behavior?.scaleUp;
  const policies = up?.policies ?? [];
  if (up === undefined || policies.length === 0 || up.selectPolicy === 'Disabled') return null;
  const limits = policies.map(({ type, value }) => (type === 'Percent' ? 0 : value));
  return up.selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

export function stuckAtZero(view: HpaView): boolean {
  return (
    scaleOf(view)?.spec === 0 &&
    hasCondition(view.hpa, 'ScalingLimited', 'True', 'ScaleUpLimit') &&
    allowedFromZero(view) === 0
  );
}

export function percentFromZero(view: HpaView): readonly CatalogueFinding[] {
  if (!stuckAtZero(view)) return [];
  const policies = (view.hpa.spec.behavior?.scaleUp?.policies ?? []).map(
    ({ type, value, periodSeconds }) => `${type} ${value} per ${periodSeconds} s`,
  );
  return [
    {
      id: 'percent-only-scale-up-cannot-leave-zero',
      severity: 'error',
      title: `${targetText(view)} cannot leave 0: ${policies.join(' and ')} allows ceil(0 × …) = 0 replicas`,
      evidence: [
        conditionText(view, 'ScalingLimited'),
        `observed: behavior.scaleUp ${JSON.stringify(view.hpa.spec.behavior?.scaleUp)}`,
      ],
      upstream: ['pkg/controller/podautoscaler/horizontal.go calculateScaleUpLimitWithScalingRules'],
      fix: patchText(view, {
        behavior: {
          scaleUp: {
            policies: [
              ...(view.hpa.spec.behavior?.scaleUp?.policies ?? []),
              { type: 'Pods', value: 4, periodSeconds: 15 },
            ],
            selectPolicy: 'Max',
          },
        },
      }),
      next: 'it stays at 0 whatever the metric says',
    },
  ];
}

const SMALLEST = '-9223372036854775808m';
const LARGEST = '9223372036854775807m';

/** AverageValue divided by zero replicas. Go leaves the conversion of NaN and infinity to the machine. */
export function zeroAverage(view: HpaView): readonly CatalogueFinding[] {
  if (!view.rules.zeroStatusDivision) return [];
  const shown = samplesOf(view.hpa).filter(
    ({ kind, spec }) => kind === 'AverageValue' && (spec.type === 'External' || spec.type === 'Object'),
  );
  return shown.flatMap((sample): CatalogueFinding[] => {
    const values = valuesOf(view, sample.index);
    // The controller may run on another architecture than the nodes that tell it.
    const infinite = view.arch === 'arm64' && sample.shown === LARGEST && hasNoPods(view);
    const artefact = sample.shown === SMALLEST || (infinite && values.every((v) => v > 0n));
    if (!artefact || values.some((v) => v >= 2n ** 63n)) return [];
    return [
      {
        id: 'zero-replica-averagevalue-underflow',
        severity: 'info',
        title: `${sample.shown} is no value of ${sample.name}: it was divided by zero replicas of ${targetText(view)}`,
        evidence: [
          `observed: status.currentMetrics shows averageValue ${sample.shown} at ${scaleOf(view)?.status ?? 'unknown'} status replicas`,
          `computed: quirk of 1.${view.platform.minor} on ${view.arch}; the total that was read is ${values.join(' + ') || 'unknown'} thousandths`,
        ],
        upstream: [kk(140956), 'https://github.com/kubernetes/kubernetes/pull/140958'],
        fix: null,
        next: 'scaling is not affected; the number becomes right with the first pod',
      },
    ];
  });
}

/** At zero, or above it with no pod yet (image pull, quota). */
const hasNoPods = (view: HpaView): boolean => view.hpa.status.currentReplicas === 0 || scaleOf(view)?.status === 0;

/** The values that the metrics API answers now, in thousandths, unwrapped. */
function valuesOf(view: HpaView, index: number): readonly bigint[] {
  const answer = view.answers[index] ?? null;
  const items = answer === null ? null : itemsOf(answer);
  return (items ?? []).flatMap(({ value }) => (typeof value === 'string' ? [milliValueOf(value) ?? 0n] : []));
}
