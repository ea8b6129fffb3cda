import { describe, expect, test } from 'vitest';
import { reduce } from '../../../src/cli/watch/model.ts';
import { after, event, hpa, live, liveFailure, NOON, ready, stateOf } from './fixture.ts';

test('facts about an HPA find it in whatever order they arrive', () => {
  const facts = [ready(3), { type: 'events', events: [event('New size: 4; reason: x')] }] as const;
  const found = { type: 'hpas', hpas: [hpa()] } as const;
  for (const state of [stateOf(found, ...facts), stateOf(...facts, found)]) {
    expect(state.hpas[0]).toMatchObject({ ready: 3, events: [{ reason: 'SuccessfulRescale' }] });
  }
});

test('events with one reason and message are one event with a count, newest last', () => {
  const events = [event('b', { at: 3000 }), event('a', { at: 1000, count: 2 }), event('a', { at: 5000 })];
  const [view] = stateOf({ type: 'hpas', hpas: [hpa()] }, { type: 'events', events }).hpas;
  expect(view?.events.map(({ message, count, lastAt }) => [message, count, lastAt])).toEqual([
    ['b', 1, 3000],
    ['a', 3, 5000],
  ]);
});

test('an HPA made anew under the same name has no history, events or live value of the old one', () => {
  const old = stateOf({ type: 'hpas', hpas: [hpa()] }, live('7'), { type: 'events', events: [event('a')] });
  const [view] = after(old, { type: 'hpas', hpas: [hpa({ uid: 'u2' })] }).hpas;
  expect(view).toMatchObject({ uid: 'u2', live: [], events: [] });
  expect(view?.history).toHaveLength(1);
});

describe('history', () => {
  const values = (state: ReturnType<typeof stateOf>) =>
    state.hpas[0]?.history.map(({ metric, desired, ready: up }) => [metric, desired, up]);

  test('holds changes only; a failed read and a lost API are gaps', () => {
    const state = stateOf(
      { type: 'hpas', hpas: [hpa()] },
      live('7'),
      live('7'),
      liveFailure('503'),
      live('8'),
      { type: 'tick', staleSince: NOON },
      { type: 'tick', staleSince: undefined },
    );
    expect(values(state)).toEqual([
      [undefined, 1, undefined],
      [7, 1, undefined],
      [undefined, 1, undefined],
      [8, 1, undefined],
      [undefined, undefined, undefined],
      [8, 1, undefined],
    ]);
  });

  test('keeps an hour, and the value that held when the hour began', () => {
    let state = stateOf({ type: 'hpas', hpas: [hpa()] });
    for (let minute = 1; minute <= 120; minute += 1) {
      state = reduce(state, { ...live(String(minute)), at: NOON + minute * 60_000 });
    }
    expect(state.hpas[0]?.history[0]?.metric).toBe(60);
    expect(state.hpas[0]?.history).toHaveLength(61);
  });

  test('is bounded however fast the metric moves', () => {
    let state = stateOf({ type: 'hpas', hpas: [hpa()] });
    for (let turn = 0; turn < 5000; turn += 1) state = reduce(state, { ...live(String(turn)), at: NOON + turn });
    expect(state.hpas[0]?.history.length).toBeLessThanOrEqual(4001);
  });
});

test('data grow old while nothing answers, ticks do not make them new', () => {
  const state = stateOf({ type: 'hpas', hpas: [hpa()] }, liveFailure('503'), { type: 'tick', staleSince: undefined });
  expect([state.dataAt, state.now]).toEqual([NOON, NOON + 2000]);
});

test('states are values: an input leaves the earlier state as it was', () => {
  const before = stateOf({ type: 'hpas', hpas: [hpa()] });
  const copy = structuredClone(before);
  after(before, live('9'), ready(4), { type: 'hpas', hpas: [] });
  expect(before).toEqual(copy);
});
