import type { CatalogueFinding, Severity } from './finding.ts';
import type { HpaView } from './hpa-view.ts';
import { handEdited, orderFlips, v1Hides } from './rules/api-view.ts';
import { newHpa, slowCycles, targetsUnknown } from './rules/cadence.ts';
import { clockSkew, staleMetrics } from './rules/clock.ts';
import { liftedAgain, manifestFights, surgeDrift } from './rules/fights.ts';
import { kedaInactive, kedaPaused } from './rules/keda.ts';
import { atMax, atMin, policiesAsBoosts, slowScaleDown, slowScaleUp } from './rules/limits.ts';
import { blockedScaleDown, frozenValues, metricErrors, throttling } from './rules/metric-errors.ts';
import { giganticValue, milliUnits, negativeExternal, overflow } from './rules/numbers.ts';
import {
  allUnready,
  foreignPods,
  missingRequests,
  succeededPods,
  twoHpas,
  unschedulable,
  zeroToOneGap,
} from './rules/pods.ts';
import { failedGetScale, failedUpdateScale, noSelector } from './rules/scale-target.ts';
import { ceilKeeps, deadBand, heldByStabilization } from './rules/steady.ts';
import { averageHides, valueRunsAway } from './rules/value-kind.ts';
import { atZero, percentFromZero, zeroAverage } from './rules/zero.ts';

/** One anomaly or family of anomalies of the catalogue. Pure. */
type Rule = (view: HpaView) => readonly CatalogueFinding[];

const RULES: readonly Rule[] = [
  failedGetScale,
  noSelector,
  twoHpas,
  metricErrors,
  throttling,
  blockedScaleDown,
  frozenValues,
  missingRequests,
  allUnready,
  foreignPods,
  clockSkew,
  atZero,
  percentFromZero,
  zeroToOneGap,
  zeroAverage,
  failedUpdateScale,
  giganticValue,
  negativeExternal,
  overflow,
  unschedulable,
  succeededPods,
  staleMetrics,
  manifestFights,
  liftedAgain,
  surgeDrift,
  valueRunsAway,
  averageHides,
  slowCycles,
  handEdited,
  orderFlips,
  kedaPaused,
  atMax,
  slowScaleUp,
  slowScaleDown,
  atMin,
  kedaInactive,
  heldByStabilization,
  deadBand,
  ceilKeeps,
  policiesAsBoosts,
  v1Hides,
  targetsUnknown,
  newHpa,
  milliUnits,
];

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Every anomaly that the evidence of one HPA shows, worst first; each id once for the same cause. Same view, same findings. */
export function catalogueFindings(view: HpaView): readonly CatalogueFinding[] {
  const seen = new Set<string>();
  const findings = RULES.flatMap((rule) => rule(view)).filter(({ id, title }) => {
    const fresh = !seen.has(id + title);
    seen.add(id + title);
    return fresh;
  });
  return findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}
