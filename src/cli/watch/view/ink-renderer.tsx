import { render } from 'ink';
import type { Streams } from '../../streams.ts';
import { type DecisionText, observedDecision } from '../decision.ts';
import { INITIAL_STATE, type WatchState } from '../model.ts';
import type { WatchEnd, WatchRenderer } from '../renderer.ts';
import type { FrameLabels } from './frame-types.ts';
import { type WatchActions, WatchApp } from './watch-app.tsx';

export interface InkOptions {
  readonly streams: Streams;
  readonly labels: FrameLabels;
  readonly color: boolean;
  readonly publish?: (() => Promise<string>) | undefined;
  readonly explainCommand: WatchActions['explainCommand'];
  readonly decision?: DecisionText;
}

/** The live view on a terminal. The last frame stays when it is closed; below it the commands that do what the keys did. */
export function inkRenderer({ streams, labels, color, publish, explainCommand, decision }: InkOptions): WatchRenderer {
  const { stdin, stdout, stderr } = streams;
  const { promise: ended, resolve: end } = Promise.withResolvers<WatchEnd>();
  const commands = new Set<string>();
  let state = INITIAL_STATE;
  const listeners = new Set<() => void>();
  const source = {
    get: () => state,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const actions = { publish, explainCommand, end, used: (command: string) => commands.add(command) };
  const app = (
    <WatchApp source={source} labels={labels} actions={actions} decision={decision ?? observedDecision} color={color} />
  );
  const view = render(app, {
    stdin,
    stdout,
    stderr,
    maxFps: 4,
    incrementalRendering: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return {
    show: (_, next: WatchState) => {
      state = next;
      for (const listener of listeners) listener();
    },
    note: () => undefined, // the frame says it
    close: async () => {
      view.unmount();
      await view.waitUntilExit();
      if (commands.size > 0) stderr.write(`same as:\n${[...commands].map((command) => `  ${command}\n`).join('')}`);
    },
    ended,
  };
}
