import type { HpaView, WatchState } from '../model.ts';
import { wallClock } from '../times.ts';
import type { FrameLabels, FrameUi } from './frame-types.ts';
import { justified, type Row, row } from './row.ts';

/** Where this is, and how fresh it is. */
export function headerRow(state: WatchState, view: HpaView | undefined, labels: FrameLabels, width: number): Row {
  const { lab, backend, context, own } = labels;
  const left = row({ text: 'metrics-lab', tone: 'strong' }, ` ${lab} · ${backend} · `, {
    text: own ? context : `${context} (not made by the lab)`,
    tone: own ? 'plain' : 'bad',
  });
  return justified(left, freshness(state, view, labels), width);
}

/** How old the facts are. HPAs whose metrics are not asked for here change only when something happens. */
function freshness(state: WatchState, view: HpaView | undefined, { utc }: FrameLabels): Row {
  if (state.staleSince !== undefined) {
    return row({ text: `STALE since ${wallClock(state.staleSince, utc)}`, tone: 'bad' });
  }
  const asked = view?.live.some((metric) => 'at' in metric) === true;
  const age = Math.max(Math.round((state.now - (state.dataAt ?? state.now)) / 1000), 0);
  const text = asked ? `data ${age}s old` : 'watching';
  return row(`${wallClock(state.now, utc)} · `, { text, tone: asked && age > 15 ? 'warn' : 'plain' });
}

/** Which HPA. */
export function titleRow(state: WatchState, { summary }: HpaView, ui: FrameUi, width: number): Row {
  const { namespace, name, scaleTargetRef } = summary;
  const left = row(
    { text: `${namespace}/${name}`, tone: 'strong' },
    ` → ${scaleTargetRef.kind}/${scaleTargetRef.name}`,
  );
  const count = state.hpas.length;
  const right = count > 1 ? row(`${Math.min(ui.selected, count - 1) + 1} of ${count}, n next`) : row('');
  return justified(left, right, width);
}
