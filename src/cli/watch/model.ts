import type { Hpa } from '../../kube/hpa-schema.ts';
import { type HpaSummary, hpaSummary } from '../../kube/hpa.ts';
import { deduplicated, type HpaEvent } from './hpa-events.ts';
import { quantityNumber } from './quantity-number.ts';

/** One answer of the metrics API, or why there is none. In the order of the HPA's spec.metrics. */
export type LiveMetric =
  | { readonly name: string; readonly value: string; readonly at: number }
  | { readonly name: string; readonly failure: string; readonly at: number }
  /** Not asked for: the controller computes it from pods (Resource, Pods metrics). */
  | { readonly name: string };

/** Ready replicas of a scale target. */
export interface TargetReadiness {
  readonly kind: string;
  readonly name: string;
  readonly ready: number;
}

/** A point of the sparklines; holds until the next point. undefined = unknown: drawn as a gap. */
export interface Sample {
  readonly at: number;
  readonly metric: number | undefined;
  readonly desired: number | undefined;
  readonly ready: number | undefined;
}

/** Everything seen of one HPA. */
export interface HpaView {
  readonly summary: HpaSummary;
  readonly uid: string;
  /** Relative tolerance of scaling up and down, 0.1 when the HPA sets none. */
  readonly tolerance: { readonly up: number; readonly down: number };
  readonly ready: number | undefined;
  readonly live: readonly LiveMetric[];
  readonly events: readonly HpaEvent[];
  readonly history: readonly Sample[];
}

/** Epoch ms everywhere. */
export interface WatchState {
  readonly now: number;
  /** When the last fact from the API arrived. */
  readonly dataAt: number | undefined;
  readonly staleSince: number | undefined;
  /** By name: a watch is about one namespace. Sorted by name. */
  readonly hpas: readonly HpaView[];
  readonly targets: readonly TargetReadiness[];
  readonly events: readonly HpaEvent[];
}

export type WatchInput =
  | { readonly type: 'hpas'; readonly at: number; readonly hpas: readonly Hpa[] }
  | { readonly type: 'targets'; readonly at: number; readonly targets: readonly TargetReadiness[] }
  | { readonly type: 'events'; readonly at: number; readonly events: readonly HpaEvent[] }
  | { readonly type: 'live'; readonly at: number; readonly hpa: string; readonly live: readonly LiveMetric[] }
  /** The clock moved; says whether the watch is down since some time. */
  | { readonly type: 'tick'; readonly at: number; readonly staleSince: number | undefined };

export const INITIAL_STATE: WatchState = {
  now: 0,
  dataAt: undefined,
  staleSince: undefined,
  hpas: [],
  targets: [],
  events: [],
};

/** Default of --horizontal-pod-autoscaler-tolerance. */
const DEFAULT_TOLERANCE = 0.1;
const HISTORY_MS = 3_600_000;
const HISTORY_POINTS = 4_000;

/** The state after one input. Pure. */
export function reduce(state: WatchState, input: WatchInput): WatchState {
  const next = applied(state, input);
  return { ...next, hpas: next.hpas.map((view) => sampled(view, next)) };
}

function applied(state: WatchState, input: WatchInput): WatchState {
  const now = Math.max(state.now, input.at);
  if (input.type === 'tick') return { ...state, now, staleSince: input.staleSince };
  const base = { ...state, now, dataAt: now };
  switch (input.type) {
    case 'hpas': {
      const views = input.hpas.map((hpa) => viewOf(hpa, state));
      return linked({ ...base, hpas: views.sort((a, b) => (a.summary.name < b.summary.name ? -1 : 1)) });
    }
    case 'targets':
      return linked({ ...base, targets: input.targets });
    case 'events':
      return linked({ ...base, events: input.events });
    case 'live': {
      const answered = input.live.some((metric) => 'value' in metric);
      const hpas = state.hpas.map((view) => (view.summary.name === input.hpa ? { ...view, live: input.live } : view));
      return { ...base, hpas, dataAt: answered ? now : state.dataAt };
    }
  }
}

function viewOf(hpa: Hpa, state: WatchState): HpaView {
  const uid = hpa.metadata.uid ?? '';
  const before = state.hpas.find((view) => view.summary.name === hpa.metadata.name && view.uid === uid);
  const { behavior } = hpa.spec;
  return {
    summary: hpaSummary(hpa),
    uid,
    tolerance: { up: tolerance(behavior?.scaleUp?.tolerance), down: tolerance(behavior?.scaleDown?.tolerance) },
    ready: undefined,
    live: before?.live ?? [],
    events: [],
    history: before?.history ?? [],
  };
}

function tolerance(quantity: string | undefined): number {
  return (quantity === undefined ? undefined : quantityNumber(quantity)) ?? DEFAULT_TOLERANCE;
}

/** Joins HPAs with the facts about them that arrive on their own. An HPA made anew does not inherit the old one's events. */
function linked(state: WatchState): WatchState {
  const hpas = state.hpas.map((view) => {
    const { scaleTargetRef, name } = view.summary;
    const readiness = state.targets.find(
      ({ kind, name: target }) => kind === scaleTargetRef.kind && target === scaleTargetRef.name,
    );
    const events = state.events.filter((event) => event.hpa === name && (event.hpaUid === view.uid || view.uid === ''));
    return { ...view, ready: readiness?.ready, events: deduplicated(events) };
  });
  return { ...state, hpas };
}

/** Adds a point to the history when something differs from the last one. While stale nothing is known. */
function sampled(view: HpaView, state: WatchState): HpaView {
  const stale = state.staleSince !== undefined;
  const point: Sample = {
    at: state.now,
    metric: stale ? undefined : metricNumber(view),
    desired: stale ? undefined : view.summary.desired,
    ready: stale ? undefined : view.ready,
  };
  const last = view.history.at(-1);
  const same = last?.metric === point.metric && last?.desired === point.desired && last?.ready === point.ready;
  if (last !== undefined && same) return view;
  // The newest point before the window still holds at its start.
  const start = view.history.findLastIndex((sample) => sample.at <= state.now - HISTORY_MS);
  return { ...view, history: [...view.history.slice(Math.max(start, 0)).slice(-HISTORY_POINTS), point] };
}

/** Whether the controller asks a metrics API for one total, so that the watch can ask the same. */
export function isAskedLive(metricType: string): boolean {
  return metricType === 'External' || metricType === 'Object';
}

/** The first metric's value now: live where the metrics API is asked, else as the last sync saw it; undefined = unknown. */
export function metricNumber(view: HpaView): number | undefined {
  const metric = view.summary.metrics[0];
  if (metric === undefined) return undefined;
  const live = view.live[0];
  const text = isAskedLive(metric.type) ? live !== undefined && 'value' in live && live.value : metric.current;
  return typeof text === 'string' ? quantityNumber(text) : undefined;
}
