import type { HpaScalingRules } from '../../hpa/index.ts';
import { type CatalogueFinding, kk } from '../finding.ts';
import { conditionText, hasCondition, type HpaView, patchText, scaleOf, targetText } from '../hpa-view.ts';
import { isArtefact, samplesOf } from '../samples.ts';
import { stuckAtZero } from './zero.ts';

/** ScalingLimited is left from an older sync when the metrics failed or the scale could not be written. */
function isLimited(view: HpaView, reason: string): boolean {
  return (
    hasCondition(view.hpa, 'ScalingLimited', 'True', reason) &&
    hasCondition(view.hpa, 'ScalingActive', 'True') &&
    hasCondition(view.hpa, 'AbleToScale', 'True')
  );
}

const load = (view: HpaView): string =>
  samplesOf(view.hpa)
    .map(({ name, shown, target }) =>
      isArtefact(shown) ? `${name} without an average at the last sync` : `${name} ${shown} of ${target}`,
    )
    .join(', ');

export function atMax(view: HpaView): readonly CatalogueFinding[] {
  if (!isLimited(view, 'TooManyReplicas')) return [];
  const { maxReplicas } = view.hpa.spec;
  return [
    {
      id: 'at-maxreplicas',
      severity: 'warning',
      title: `${targetText(view)} needs more than maxReplicas ${maxReplicas} (${load(view)})`,
      evidence: [conditionText(view, 'ScalingLimited')],
      upstream: [kk(59888)],
      fix: `${patchText(view, { maxReplicas: maxReplicas * 2 })} (or give each replica more capacity)`,
      next: `it stays at ${maxReplicas} while the load is that high`,
    },
  ];
}

export function atMin(view: HpaView): readonly CatalogueFinding[] {
  const min = view.hpa.spec.minReplicas ?? 1;
  // A load above the target that ends at minReplicas has overflowed, which is another finding.
  const samples = samplesOf(view.hpa);
  const loaded = samples.some(({ usage }) => usage > 0) && samples.every(({ ratio }) => ratio <= 1.1);
  if (!isLimited(view, 'TooFewReplicas') || min <= 1 || !loaded) return [];
  return [
    {
      id: 'at-minreplicas',
      severity: 'info',
      title: `${targetText(view)} needs fewer than minReplicas ${min} (${load(view)})`,
      evidence: [conditionText(view, 'ScalingLimited')],
      upstream: [kk(100420)],
      fix: `if ${min} are not wanted for another reason: ${patchText(view, { minReplicas: 1 })}`,
      next: `it stays at ${min} while the load is that low`,
    },
  ];
}

/** Somebody stopped both directions and left a note: not an accident. */
function isFrozenOnPurpose(view: HpaView): boolean {
  const { behavior } = view.hpa.spec;
  const both = behavior?.scaleUp?.selectPolicy === 'Disabled' && behavior.scaleDown?.selectPolicy === 'Disabled';
  const notes = Object.keys(view.object.metadata.annotations ?? {}).filter(
    (key) => !/(^|\.)kubernetes\.io\/|^autoscaling\.alpha/.test(key),
  );
  return both && notes.length > 0;
}

export function slowScaleUp(view: HpaView): readonly CatalogueFinding[] {
  if (!isLimited(view, 'ScaleUpLimit') || stuckAtZero(view) || isFrozenOnPurpose(view)) return [];
  const up = view.hpa.spec.behavior?.scaleUp;
  const rule =
    up === undefined
      ? 'without behavior a sync may at most double the count (or go to 4)'
      : `behavior.scaleUp ${JSON.stringify(up)}`;
  return [
    {
      id: 'slow-scale-up-scaleuplimit',
      severity: 'warning',
      title: `${targetText(view)} rises slower than the metric asks: ${rule} (${load(view)})`,
      evidence: [conditionText(view, 'ScalingLimited'), `observed: ${scaleOf(view)?.spec ?? 'unknown'} replicas`],
      upstream: [kk(76880)],
      fix: patchText(view, {
        behavior: { scaleUp: { policies: [{ type: 'Percent', value: 900, periodSeconds: 15 }] } },
      }),
      next: up?.selectPolicy === 'Disabled' ? 'it never scales up' : nextStep(view, up),
    },
  ];
}

/** A policy counts what was scaled within its period, so the next step is due when the last one is that old. */
function nextStep({ hpa, nowMs }: HpaView, rules: HpaScalingRules | undefined): string {
  const last = Date.parse(hpa.status.lastScaleTime ?? '');
  const period = Math.min(...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds));
  const at = last + period * 1000;
  if (!Number.isFinite(at) || at <= nowMs) return 'the next step comes with the next sync, if the metric stays';
  return `the next step comes at ${new Date(at).toISOString()}, ${period} s after the last one, if the metric stays`;
}

export function slowScaleDown(view: HpaView): readonly CatalogueFinding[] {
  if (!isLimited(view, 'ScaleDownLimit') || isFrozenOnPurpose(view)) return [];
  const down = view.hpa.spec.behavior?.scaleDown;
  return [
    {
      id: 'slow-scale-down-scaledownlimit',
      severity: 'warning',
      title: `${targetText(view)} falls slower than the metric asks: behavior.scaleDown ${JSON.stringify(down)} (${load(view)})`,
      evidence: [conditionText(view, 'ScalingLimited'), `observed: ${scaleOf(view)?.spec ?? 'unknown'} replicas`],
      upstream: ['https://github.com/kubernetes/enhancements/issues/883'],
      fix: patchText(view, {
        behavior: {
          scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
        },
      }),
      next: down?.selectPolicy === 'Disabled' ? 'it never scales down' : nextStep(view, down),
    },
  ];
}

/** The largest step that the scale-up policies allow from a count. */
function allowedStep(view: HpaView, from: number): number | null {
  const up = view.hpa.spec.behavior?.scaleUp;
  const policies = up?.policies ?? [];
  if (up === undefined || policies.length === 0 || up.selectPolicy === 'Disabled') return null;
  const defaults = policies.every(
    ({ type, value, periodSeconds }) => periodSeconds === 15 && value === (type === 'Pods' ? 4 : 100),
  );
  if (defaults) return null;
  const steps = policies.map(({ type, value }) => (type === 'Percent' ? Math.ceil((from * value) / 100) : value));
  return up.selectPolicy === 'Min' ? Math.min(...steps) : Math.max(...steps);
}

/** A policy is a limit of the recommendation, it adds nothing to it. */
export function policiesAsBoosts(view: HpaView): readonly CatalogueFinding[] {
  const limited = [...view.series.map(({ hpa }) => hpa), view.hpa].some((hpa) =>
    hasCondition(hpa, 'ScalingLimited', 'True'),
  );
  const steps = view.series.flatMap((sample, index) => {
    const before = view.series[index - 1];
    return before === undefined || sample.spec <= before.spec ? [] : [{ from: before.spec, to: sample.spec }];
  });
  const idle = steps.every(({ from, to }) => {
    const allowed = allowedStep(view, from);
    return allowed !== null && allowed >= 5 * (to - from);
  });
  if (limited || steps.length === 0 || !idle) return [];
  const told = steps.map(({ from, to }) => `${from}→${to}`).join(', ');
  return [
    {
      id: 'policies-taken-as-boosts',
      severity: 'info',
      title: `${targetText(view)} rose by ${told}, although its scale-up policies allow ${allowedStep(view, steps[0]?.from ?? 1)} at once: a policy limits what the metric asks for, it never adds to it`,
      evidence: [
        `observed: behavior.scaleUp ${JSON.stringify(view.hpa.spec.behavior?.scaleUp)}`,
        'observed: ScalingLimited was never True',
      ],
      upstream: [kk(102633)],
      fix: `to scale up earlier, lower the target (${load(view)})`,
      next: null,
    },
  ];
}
