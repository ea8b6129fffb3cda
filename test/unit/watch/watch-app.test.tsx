import { cleanup, render } from 'ink-testing-library';
import { afterEach, expect, test, vi } from 'vitest';
import { observedDecision } from '../../../src/cli/watch/decision.ts';
import type { WatchState } from '../../../src/cli/watch/model.ts';
import { type WatchActions, WatchApp } from '../../../src/cli/watch/view/watch-app.tsx';
import { after, hpa, live, ready, stateOf } from './fixture.ts';

afterEach(cleanup);

const LABELS = { lab: 'lab', backend: 'native', context: 'c', own: true, namespace: 'metrics-lab', utc: true };
const START = stateOf({ type: 'hpas', hpas: [hpa()] }, live('2'), ready(1));

/** The state as the session would hold it, changed by the test. */
class Source {
  #state: WatchState;
  readonly #listeners = new Set<() => void>();
  constructor(state: WatchState) {
    this.#state = state;
  }
  readonly get = (): WatchState => this.#state;
  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  set(state: WatchState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function shown(
  parts: Partial<WatchActions> & { columns?: number; rows?: number; color?: boolean; state?: WatchState } = {},
) {
  const { columns = 80, rows = 24, color = false, state = START, ...own } = parts;
  const log: string[] = [];
  const actions: WatchActions = {
    publish: () => Promise.resolve('published 10'),
    explainCommand: (name) => `kubectl describe hpa ${name}`,
    end: (how) => log.push(how),
    used: (command) => log.push(command),
    ...own,
  };
  const source = new Source(state);
  const view = render(
    <WatchApp
      source={source}
      labels={LABELS}
      actions={actions}
      decision={observedDecision}
      color={color}
      size={{ columns, rows }}
    />,
  );
  const lines = () => (view.lastFrame() ?? '').split('\n');
  return { source, log, lines, press: (key: string) => view.stdin.write(key) };
}

test.each([40, 80, 120])('%i columns: no line is wider, none is wrapped, the height is the frame', (columns) => {
  const { lines } = shown({ columns });
  expect(lines()).toHaveLength(23);
  for (const line of lines()) expect(line.length).toBeLessThanOrEqual(columns);
  expect(lines()[0]).toContain('metrics-lab');
  expect(lines().at(-1)).toMatch(/^p publish.*q quit$/);
});

test('without colour there is no escape code at all', () => {
  expect(shown({ color: false }).lines().join('')).not.toContain('\u001b');
});

test('a new state is drawn', async () => {
  const { source, lines } = shown();
  source.set(after(START, live('40')));
  await vi.waitFor(() => expect(lines()[2]).toContain('now 40'));
});

test('p publishes and says so; the command that does the same is remembered', async () => {
  const { press, log, lines } = shown();
  press('p');
  await vi.waitFor(() => expect(lines().at(-1)).toBe('published 10'));
  expect(log).toEqual(['metrics-lab publish 10']);
});

test('p that fails says why and is not remembered', async () => {
  const { press, log, lines } = shown({ publish: () => Promise.reject(new Error('The queue does not answer')) });
  press('p');
  await vi.waitFor(() => expect(lines().at(-1)).toBe('The queue does not answer'));
  expect(log).toEqual([]);
});

test('p without a producer says so', async () => {
  const { press, lines } = shown({ publish: undefined });
  press('p');
  await vi.waitFor(() => expect(lines().at(-1)).toMatch(/^nothing to publish to/));
});

test('e shows the equal command', async () => {
  const { press, log, lines } = shown();
  press('e');
  await vi.waitFor(() => expect(lines().at(-1)).toBe('same as: kubectl describe hpa consumer'));
  expect(log).toEqual(['kubectl describe hpa consumer']);
});

test('t goes through the time spans and comes back', async () => {
  const { press, lines } = shown();
  for (const span of ['15m', '60m', '1m', '5m']) {
    press('t');
    await vi.waitFor(() => expect(lines().join('\n')).toContain(`last ${span} `));
  }
});

test('? opens and closes the help without changing the height', async () => {
  const { press, lines } = shown();
  const height = lines().length;
  press('?');
  await vi.waitFor(() => expect(lines().join('\n')).toContain('this help on and off'));
  expect(lines()).toHaveLength(height);
  press('?');
  await vi.waitFor(() => expect(lines().join('\n')).not.toContain('this help on and off'));
});

test('n goes to the next HPA and round', async () => {
  const state = stateOf({ type: 'hpas', hpas: [hpa(), hpa({ name: 'other', uid: 'u2' })] });
  const { press, lines } = shown({ state });
  for (const name of ['other', 'consumer']) {
    press('n');
    await vi.waitFor(() => expect(lines()[1]).toContain(`metrics-lab/${name}`));
  }
});

test.each([
  ['q', 'quit'],
  ['\u0003', 'interrupted'],
])('%j ends the watch', async (key, how) => {
  const { press, log } = shown();
  press(key);
  await vi.waitFor(() => expect(log).toEqual([how]));
});

test('no HPA yet', () => {
  expect(shown({ state: stateOf() }).lines()[1]).toBe(
    'No HorizontalPodAutoscalers found in namespace metrics-lab; waiting for one.',
  );
});
