import { isAbnormal, plainSelectors } from '../decision.ts';
import { type HpaView, metricNumber, type WatchState } from '../model.ts';
import { shortNumber } from '../quantity-number.ts';
import { wallClock } from '../times.ts';
import { highest, replicaScale, sparkline } from './drawings.ts';
import type { FrameUi } from './frame-types.ts';
import { metricRows } from './metric-rows.ts';
import { type Row, row, wrapped } from './row.ts';

// Every section has always the same number of lines for one HPA, so that nothing on the screen jumps.

/** Width of the labels at the left. */
const LABEL = 10;
const SPARK_MAX = 60;
const METRICS_MAX = 3;
/** AbleToScale, ScalingActive, ScalingLimited, ScaledToZero (1.36). */
const CONDITIONS = 4;
const EVENTS_MAX = 6;

export function metricSection(view: HpaView, width: number): readonly Row[] {
  const { metrics } = view.summary;
  if (metrics.length === 0) return [row({ text: 'this HPA has no metric', tone: 'warn' })];
  const rows = metrics.slice(0, METRICS_MAX).flatMap((_, index) => metricRows(view, index, width));
  const more = metrics.length - METRICS_MAX;
  return more > 0 ? [...rows, row({ text: `  and ${more} more`, tone: 'dim' })] : rows;
}

export function replicaSection({ summary, ready }: HpaView, width: number): readonly Row[] {
  const { current, desired } = summary;
  const text = `current ${current}  desired ${desired}  ready ${ready ?? '?'}`;
  const scale = (room: number) => replicaScale(summary, Math.min(Math.max(room, 16), SPARK_MAX));
  const tone = current === desired ? 'plain' : 'warn';
  return [
    row({ text: 'replicas'.padEnd(LABEL), tone: 'dim' }, { text: scale(width - LABEL), tone }),
    row(' '.repeat(LABEL), { text, tone: current === desired ? 'strong' : 'warn' }),
  ];
}

export function sparkSection(state: WatchState, view: HpaView, ui: FrameUi, width: number): readonly Row[] {
  const columns = Math.max(Math.min(SPARK_MAX, width - LABEL - 8), 8);
  const window = { now: state.now, spanMs: ui.spanMs, columns };
  const replicas = highest(view.history, ['desired', 'ready'], window);
  const line = (name: 'metric' | 'desired' | 'ready', value: number | undefined, top: number): Row =>
    row({ text: name.padEnd(LABEL), tone: 'dim' }, sparkline(view.history, name, window, top), {
      text: ` ${value === undefined ? '?' : shortNumber(value)}`,
      tone: 'strong',
    });
  return [
    line('metric', metricNumber(view), highest(view.history, ['metric'], window)),
    line('desired', view.summary.desired, replicas),
    line('ready', view.ready, replicas),
    row({ text: `${' '.repeat(LABEL)}${`last ${ui.spanMs / 60_000}m`.padEnd(columns - 3)}now`, tone: 'dim' }),
  ];
}

export function conditionSection({ summary }: HpaView): readonly Row[] {
  const rows: Row[] = summary.conditions.slice(0, CONDITIONS).map((condition) => {
    const bad = isAbnormal(condition);
    const head = `${bad ? '!' : ' '} ${condition.type.padEnd(14)} ${condition.status.padEnd(5)} ${condition.reason}`;
    const message = bad ? ` ${plainSelectors(condition.message)}` : '';
    return row({ text: head, tone: bad ? 'warn' : 'plain' }, { text: message, tone: 'warn' });
  });
  while (rows.length < CONDITIONS) rows.push(row(''));
  return rows;
}

export function eventSection({ events }: HpaView, utc: boolean): readonly Row[] {
  const rows: Row[] = events
    .slice(-EVENTS_MAX)
    .reverse()
    .map((event) => {
      const count = event.count > 1 ? ` ×${event.count}` : '';
      const text = `${event.abnormal ? '!' : ' '} ${wallClock(event.lastAt, utc)}${count} ${event.reason} ${plainSelectors(event.message)}`;
      return row({ text, tone: event.abnormal ? 'warn' : 'plain' });
    });
  while (rows.length < EVENTS_MAX) rows.push(row(''));
  return rows;
}

/** Two lines for the last decision. */
export function decisionSection(text: string, width: number): readonly Row[] {
  return wrapped(text, width - LABEL, 2).map((line, index) =>
    row({ text: (index === 0 ? 'decision' : '').padEnd(LABEL), tone: 'dim' }, line),
  );
}
