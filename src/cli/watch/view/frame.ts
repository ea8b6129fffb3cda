import type { DecisionText } from '../decision.ts';
import type { WatchState } from '../model.ts';
import type { FrameLabels, FrameSize, FrameUi } from './frame-types.ts';
import { headerRow, titleRow } from './header.ts';
import { fitted, type Row, row } from './row.ts';
import {
  conditionSection,
  decisionSection,
  eventSection,
  metricSection,
  replicaSection,
  sparkSection,
} from './sections.ts';

/**
 * The screen: at most `rows` - 1 lines (a taller frame would make ink wipe the scrollback, ink#935), each at most `columns`
 * wide, always the same line for the same thing. What does not fit goes in the order events, conditions, sparklines.
 */
export function frameRows(
  state: WatchState,
  ui: FrameUi,
  { columns, rows }: FrameSize,
  labels: FrameLabels,
  decision: DecisionText,
): readonly Row[] {
  const width = Math.max(columns, 20);
  const height = Math.max(rows - 1, 3);
  const view = state.hpas[Math.min(ui.selected, state.hpas.length - 1)];
  const header = headerRow(state, view, labels, width);
  const keys = width < KEYS.length ? KEYS_NARROW : KEYS;
  const footer = row({ text: ui.message || keys, tone: ui.message === '' ? 'dim' : 'plain' });
  if (view === undefined) {
    const empty = row(`No HorizontalPodAutoscalers found in namespace ${labels.namespace}; waiting for one.`);
    return [header, empty, footer].map((line) => fitted(line, width));
  }
  const sections = [
    [titleRow(state, view, ui, width)],
    metricSection(view, width),
    replicaSection(view, width),
    decisionSection(decision(view), width),
    sparkSection(state, view, ui, width),
    conditionSection(view),
    ui.help ? HELP : eventSection(view, labels.utc),
  ];
  const body: Row[] = [];
  for (const section of sections) body.push(...section.slice(0, Math.max(height - 2 - body.length, 0)));
  return [header, ...body, footer].map((line) => fitted(line, width));
}

const KEYS = 'p publish 10 · e explain · t time span · ? help · q quit';
const KEYS_NARROW = 'p publish · e · t · ? help · q quit';
const HELP: readonly Row[] = [
  row({ text: 'p', tone: 'strong' }, '  publish 10 items into the queue of the lab'),
  row({ text: 'e', tone: 'strong' }, '  the command that tells more about this HPA'),
  row({ text: 't', tone: 'strong' }, '  time span of the three lines: 1m, 5m, 15m, 1h'),
  row({ text: 'n', tone: 'strong' }, '  next HPA, when there are several'),
  row({ text: '?', tone: 'strong' }, '  this help on and off'),
  row({ text: 'q', tone: 'strong' }, '  quit; prints the commands that do the same as the keys did'),
];
