import { describe, expect, test } from 'vitest';
import { highest, ratioBar, replicaScale, sparkline } from '../../../src/cli/watch/view/drawings.ts';

describe('ratio bar', () => {
  const tolerance = { up: 0.1, down: 0.1 };
  test.each([
    [undefined, '·········▒▒·········'],
    [0, '·········▒▒·········'],
    [0.5, '█████····▒▒·········'],
    [1, '█████████▓▒·········'],
    [1.1, '█████████▓▓·········'],
    [2, '█████████▓▓█████████'],
    [5, '█████████▓▓████████▶'],
  ])('%s', (ratio, bar) => {
    expect(ratioBar(ratio, tolerance, 20)).toBe(bar);
  });
});

describe('replica scale', () => {
  const scale = (min: number, max: number, current: number, desired: number, width = 22) =>
    replicaScale({ min, max, current, desired }, width);

  test.each([
    [scale(1, 20, 3, 5), '1 ·[3]5·············20'],
    [scale(1, 20, 3, 3), '1 ·[3]··············20'],
    [scale(1, 20, 1, 1), '1 [1]···············20'],
    [scale(0, 20, 0, 20), '0 [0]············20 20'],
    [scale(0, 20, 20, 0), '0 0············[20] 20'],
    [scale(1, 20, 20, 19), '1 ···········19[20] 20'],
    [scale(1, 20, 1, 2), '1 [1]2··············20'],
    [scale(1, 20, 30, 20), '1 ···········20[30] 20'],
    [scale(3, 3, 3, 3), '3 [3]················3'],
    [scale(1, 200, 100, 150, 8), '1 [100]150 200'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });

  test('both numbers are readable whatever the numbers are', () => {
    for (let current = 0; current <= 12; current += 1) {
      for (let desired = 0; desired <= 12; desired += 1) {
        const text = scale(1, 10, current, desired, 20);
        const wanted = desired === current ? '' : String(desired);
        expect(text).toMatch(/^1 [·\d[\]]+[· ]10$/);
        expect(text).toHaveLength(20);
        expect(text.slice(2, -2).replaceAll(/[· ]/g, '')).toBe(
          desired > current ? `[${current}]${wanted}` : `${wanted}[${current}]`,
        );
      }
    }
  });
});

describe('sparkline', () => {
  const point = (at: number, metric: number | undefined) => ({ at, metric, desired: undefined, ready: undefined });
  const window = { now: 10_000, spanMs: 10_000, columns: 10 };
  const draw = (history: readonly ReturnType<typeof point>[]) =>
    sparkline(history, 'metric', window, highest(history, ['metric'], window));

  test('a value holds until the next one; before the first there is nothing', () => {
    expect(draw([point(3_000, 7), point(6_000, 0)])).toBe('  ████▁▁▁▁');
  });
  test('a gap is drawn as a gap', () => {
    expect(draw([point(0, 7), point(3_500, undefined), point(6_500, 7)])).toBe('████  ████');
  });
  test('a spike inside one column is not lost, a value before the window still holds', () => {
    expect(draw([point(-5_000, 1), point(4_100, 7), point(4_200, 1)])).toBe('▂▂▂▂█▂▂▂▂▂');
  });
  test('nothing but zeros is a low line, nothing known is blank', () => {
    expect(draw([point(0, 0)])).toBe('▁▁▁▁▁▁▁▁▁▁');
    expect(draw([])).toBe('          ');
  });
});
