import { describe, expect, it } from 'vitest';
import { BackOff, goSeconds } from '../../../src/minicluster/node/back-off.ts';
import { terminatedBy } from '../../../src/minicluster/node/exit-state.ts';

describe('back-off of restarts', () => {
  /** Waits before each of `count` restarts of a container that ends `ranMs` after its start. */
  const waits = (count: number, ranMs: number): number[] => {
    const backOff = new BackOff();
    let now = 0;
    return Array.from({ length: count }, () => {
      now += ranMs;
      const wait = backOff.remaining(now, now);
      const faultAt = now;
      now += wait;
      backOff.next(faultAt, now);
      return wait / 1000;
    });
  };

  it('is free at first, then 10 s doubling to 5 min', () => {
    expect(waits(9, 100)).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('begins anew after ten quiet minutes', () => {
    expect(waits(3, 601_000)).toEqual([0, 0, 0]);
    expect(waits(3, 599_000)).toEqual([0, 10, 20]);
  });

  it('counts what has passed since the fault', () => {
    const backOff = new BackOff();
    backOff.next(0, 0);
    expect(backOff.remaining(1_000, 4_000)).toBe(7_000);
    expect(backOff.remaining(1_000, 20_000)).toBe(0);
  });

  it.each([
    [10_000, '10s'],
    [80_000, '1m20s'],
    [300_000, '5m0s'],
  ])('%i ms is written %s', (ms, text) => expect(goSeconds(ms)).toBe(text));
});

describe('the end of a process', () => {
  const times = { startedAt: 1, finishedAt: 2 };
  it.each([
    [
      { code: 0, signal: null },
      { exitCode: 0, reason: 'Completed' },
    ],
    [
      { code: 3, signal: null },
      { exitCode: 3, reason: 'Error' },
    ],
    [
      { code: null, signal: 'SIGKILL' },
      { exitCode: 137, signal: 9, reason: 'Error' },
    ],
    [
      { code: null, signal: 'SIGTERM' },
      { exitCode: 143, signal: 15, reason: 'Error' },
    ],
  ])('%o', (exit, expected) => {
    expect(terminatedBy(exit, times, 'id')).toEqual({ kind: 'terminated', ...expected, ...times, containerID: 'id' });
  });
});
