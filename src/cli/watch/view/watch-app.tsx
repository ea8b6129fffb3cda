import { Box, Text, useInput, useWindowSize } from 'ink';
import { type ReactElement, useState, useSyncExternalStore } from 'react';
import type { DecisionText } from '../decision.ts';
import type { WatchState } from '../model.ts';
import type { WatchEnd } from '../renderer.ts';
import { frameRows } from './frame.ts';
import type { FrameLabels, FrameSize, FrameUi } from './frame-types.ts';
import type { Row, Tone } from './row.ts';

/** What the keys do. Each answer is a text for the last line. */
export interface WatchActions {
  /** Key p. Absent where the lab has no producer to ask. */
  readonly publish?: (() => Promise<string>) | undefined;
  /** Key e: the command that tells more about an HPA. */
  readonly explainCommand: (name: string) => string;
  readonly end: (how: WatchEnd) => void;
  /** Told which command does the same as a key that was used. */
  readonly used: (command: string) => void;
}

export interface StateSource {
  readonly get: () => WatchState;
  readonly subscribe: (listener: () => void) => () => void;
}

export interface WatchAppProps {
  readonly source: StateSource;
  readonly labels: FrameLabels;
  readonly actions: WatchActions;
  readonly decision: DecisionText;
  readonly color: boolean;
  /** Instead of the terminal's own size. */
  readonly size?: FrameSize;
}

const SPANS_MS = [60_000, 300_000, 900_000, 3_600_000];
const START: FrameUi = { selected: 0, spanMs: 300_000, help: false, message: '' };

/** The live view: draws what `frameRows` says and turns keys into actions. */
export function WatchApp({ source, labels, actions, decision, color, size }: WatchAppProps): ReactElement {
  const state = useSyncExternalStore(source.subscribe, source.get);
  const terminal = useWindowSize();
  const [ui, setUi] = useState(START);
  const change = (part: Partial<FrameUi>) => setUi((before) => ({ ...before, message: '', ...part }));
  useKeys(state, ui, actions, change);
  const rows = frameRows(state, ui, size ?? terminal, labels, decision);
  return (
    <Box flexDirection="column">
      {rows.map((row, index) => (
        <Line key={index} row={row} color={color} />
      ))}
    </Box>
  );
}

function useKeys(
  state: WatchState,
  ui: FrameUi,
  actions: WatchActions,
  change: (part: Partial<FrameUi>) => void,
): void {
  const name = state.hpas[Math.min(ui.selected, state.hpas.length - 1)]?.summary.name;
  useInput((input, key) => {
    if (key.ctrl && input === 'c') actions.end('interrupted');
    else if (input === 'q') actions.end('quit');
    else if (input === 't')
      change({ spanMs: SPANS_MS[(SPANS_MS.indexOf(ui.spanMs) + 1) % SPANS_MS.length] ?? START.spanMs });
    else if (input === '?') change({ help: !ui.help });
    else if (input === 'n') change({ selected: (ui.selected + 1) % Math.max(state.hpas.length, 1) });
    else if (input === 'e' && name !== undefined) {
      const command = actions.explainCommand(name);
      actions.used(command);
      change({ message: `same as: ${command}` });
    } else if (input === 'p') void publish(actions, change);
  });
}

async function publish(actions: WatchActions, change: (part: Partial<FrameUi>) => void): Promise<void> {
  if (actions.publish === undefined) {
    change({ message: 'nothing to publish to: this lab has no producer' });
    return;
  }
  change({ message: 'publishing 10 …' });
  try {
    change({ message: await actions.publish() });
    actions.used('metrics-lab publish 10');
  } catch (error) {
    change({ message: error instanceof Error ? error.message : String(error) });
  }
}

function Line({ row, color }: { readonly row: Row; readonly color: boolean }): ReactElement {
  // A row without text would have no height.
  if (row.every(({ text }) => text === '')) return <Text> </Text>;
  return (
    <Text wrap="truncate-end">
      {row.map(({ text, tone }, index) => (
        <Text key={index} {...(color ? LOOKS[tone ?? 'plain'] : {})}>
          {text}
        </Text>
      ))}
    </Text>
  );
}

const LOOKS: Readonly<Record<Tone, { bold?: boolean; dimColor?: boolean; color?: string }>> = {
  plain: {},
  strong: { bold: true },
  dim: { dimColor: true },
  good: { color: 'green' },
  warn: { color: 'yellow' },
  bad: { color: 'red', bold: true },
};
