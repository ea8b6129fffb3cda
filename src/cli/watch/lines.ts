import type { HpaSummary, MetricSummary } from '../../kube/hpa.ts';
import { type DecisionText, observedDecision, plainSelectors } from './decision.ts';
import { type HpaView, isAskedLive, type LiveMetric, metricNumber, type WatchState } from './model.ts';

/** One line of the watch: the list item of `status -o json` and what the watch adds. */
export interface WatchLine extends HpaSummary {
  /** RFC 3339, UTC. */
  readonly time: string;
  /** The first metric's total as the controller reads it, null when unknown (then `metricReason` says why). */
  readonly metric: number | null;
  readonly metricReason?: string;
  /** The first metric's target. */
  readonly target: string | null;
  /** Ready replicas of the scale target, null when unknown. */
  readonly ready: number | null;
  /** The controller's last decision. */
  readonly reason: string;
  readonly live: readonly LiveMetric[];
  /** Present while the API cannot be watched: the rest is as it was then. */
  readonly staleSince?: string;
  readonly deleted?: true;
}

/** The lines that tell the change from one state to the next; `previous` undefined = tell everything. Pure. */
export function linesFor(
  previous: WatchState | undefined,
  next: WatchState,
  decision: DecisionText = observedDecision,
): readonly WatchLine[] {
  const find = (state: WatchState | undefined, uid: string, name: string) =>
    state?.hpas.find((view) => view.summary.name === name && view.uid === uid);
  const lines: WatchLine[] = [];
  for (const before of previous?.hpas ?? []) {
    const gone = next.hpas.every((view) => view.summary.name !== before.summary.name);
    if (gone) lines.push({ ...lineOf(before, next, decision), reason: 'deleted', deleted: true });
  }
  for (const view of next.hpas) {
    const line = lineOf(view, next, decision);
    const before = find(previous, view.uid, view.summary.name);
    if (before === undefined || previous === undefined || differs(lineOf(before, previous, decision), line)) {
      lines.push(line);
    }
  }
  return lines;
}

function lineOf(view: HpaView, state: WatchState, decision: DecisionText): WatchLine {
  const { summary } = view;
  const first = summary.metrics[0];
  const metric = metricNumber(view) ?? null;
  return {
    time: new Date(state.now).toISOString(),
    ...summary,
    metric,
    ...(metric === null ? { metricReason: whyNoMetric(first, view.live[0]) } : {}),
    target: first?.target ?? null,
    ready: view.ready ?? null,
    reason: decision(view),
    live: view.live,
    ...(state.staleSince === undefined ? {} : { staleSince: new Date(state.staleSince).toISOString() }),
  };
}

function whyNoMetric(metric: MetricSummary | undefined, live: LiveMetric | undefined): string {
  if (metric === undefined) return 'the HPA has no metric';
  if (live !== undefined && 'failure' in live) return plainSelectors(live.failure);
  if (isAskedLive(metric.type) && live === undefined) return 'the metrics API has not been asked yet';
  return metric.artefact ?? plainSelectors(metric.reason ?? 'the value is no quantity');
}

/** A change is what a reader of the line would see; timestamps and transition times alone are none. */
function differs(before: WatchLine, after: WatchLine): boolean {
  return signature(before) !== signature(after);
}

function signature(line: WatchLine): string {
  const { current, desired, min, max, metric, metricReason, target, ready, reason, staleSince, metrics, live } = line;
  const values = live.map((entry) =>
    'value' in entry ? entry.value : 'failure' in entry ? steady(entry.failure) : '',
  );
  const unknown = metricReason === undefined ? '' : steady(metricReason);
  return JSON.stringify([
    current,
    desired,
    min,
    max,
    metric,
    unknown,
    target,
    ready,
    reason,
    staleSince,
    metrics,
    values,
  ]);
}

/** A failure that only counts on ("the value is 12 s old", "13 s old") is the same failure. */
function steady(failure: string): string {
  return failure.replaceAll(/\d+/g, '#');
}
