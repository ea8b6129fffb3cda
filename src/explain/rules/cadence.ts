import { type CatalogueFinding, kk } from '../finding.ts';
import { conditionText, hasCondition, type HpaView, metricName } from '../hpa-view.ts';
import { failuresOf } from '../metric-failures.ts';
import { currentOf } from '../samples.ts';

/** Rate-limited queue: the first look comes a sync period after creation (up to 1.36). */
const FIRST_SYNC_MS = 15_000;

/** The adapter sees the controller's requests: gaps tell how often an HPA is really looked at. */
export function slowCycles(view: HpaView): readonly CatalogueFinding[] {
  const worst = view.requests
    .flatMap((times, index) => (times ?? []).slice(1).map((at, gap) => ({ index, ms: at - (times?.[gap] ?? at) })))
    .toSorted((a, b) => b.ms - a.ms)[0];
  if (worst === undefined || worst.ms < 3 * view.syncPeriodMs) return [];
  const spec = view.hpa.spec.metrics?.[worst.index];
  return [
    {
      id: 'slow-or-skipped-cycles',
      severity: 'warning',
      title: `HPA ${view.name} was looked at only after ${(worst.ms / 1000).toFixed(1)} s, with a sync period of ${view.syncPeriodMs / 1000} s`,
      evidence: [
        `observed: requests for ${spec === undefined ? 'its metric' : metricName(spec)} as the adapter saw them`,
      ],
      upstream: [kk(68213), 'https://github.com/kubernetes/kubernetes/pull/108501'],
      fix: 'raise --concurrent-horizontal-pod-autoscaler-syncs (and --kube-api-qps); make the adapter faster',
      next: null,
    },
  ];
}

export function newHpa(view: HpaView): readonly CatalogueFinding[] {
  const age = view.nowMs - Date.parse(view.hpa.metadata.creationTimestamp ?? '');
  if (view.rules.immediateEnqueue || (view.hpa.status.conditions ?? []).length > 0 || !(age < FIRST_SYNC_MS)) return [];
  return [
    {
      id: 'new-hpa-does-nothing-for-15-s-empty-status',
      severity: 'info',
      title: `HPA ${view.name} is ${Math.round(age / 1000)} s old, the controller has not looked at it yet`,
      evidence: ['observed: the status has no conditions'],
      upstream: ['pkg/controller/podautoscaler/rate_limiters.go'],
      fix: null,
      next: `the first sync comes within ${view.syncPeriodMs / 1000} s of its creation`,
    },
  ];
}

/** A metric without a current value, whatever the reason; other findings tell more where they can. */
export function targetsUnknown(view: HpaView): readonly CatalogueFinding[] {
  const specs = view.hpa.spec.metrics ?? [];
  const blank = specs.flatMap((spec, index) => (currentOf(view.hpa, index) === undefined ? [metricName(spec)] : []));
  if (blank.length === 0) return [];
  const said = failuresOf(view).flatMap(({ evidence }) => (evidence === '' ? [] : [evidence]));
  const skipped = hasCondition(view.hpa, 'ScalingActive', 'True') && said.length === 0;
  return [
    {
      id: 'targets-unknown',
      severity: said.length > 0 ? 'warning' : 'info',
      title: `TARGETS shows <unknown> for ${blank.join(', ')}: the last sync computed no value${skipped ? ', since the replica count was outside of minReplicas and maxReplicas' : ''}`,
      evidence: said.length > 0 ? said : [conditionText(view, 'ScalingActive')],
      upstream: [kk(109260), 'pkg/printers/internalversion/printers.go formatHPAMetrics'],
      fix: null,
      next: null,
    },
  ];
}
