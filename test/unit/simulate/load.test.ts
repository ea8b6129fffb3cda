import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabError } from '../../../src/errors/lab-error.ts';
import { Arrivals } from '../../../src/simulate/load/arrivals.ts';
import { parseLoad } from '../../../src/simulate/load/parse.ts';
import { expectedArrivals } from '../../../src/simulate/load/shape.ts';
import { seededRandom } from '../../../src/simulate/random.ts';

function arrivals(text: string, until: number, seed = 1): number[] {
  const source = new Arrivals(parseLoad(text), seededRandom(seed, 'arrivals'));
  const times: number[] = [];
  for (; source.next <= until; source.advance()) times.push(source.next);
  return times;
}

function problem(text: string): string {
  try {
    parseLoad(text);
  } catch (error) {
    return `${(error as LabError).id} ${(error as LabError).why}`;
  }
  return 'no problem';
}

describe('load shapes', () => {
  it('a bare rate is evenly spaced and never ends', () => {
    expect(arrivals('2/s', 2)).toEqual([0.5, 1, 1.5, 2]);
    expect(parseLoad('2/s').seconds).toBe(Number.POSITIVE_INFINITY);
    expect(arrivals('120/m', 2)).toEqual(arrivals('2/s', 2));
  });

  it('a ramp publishes when the integral of its rate reaches the next whole number', () => {
    const times = arrivals('ramp(0→10/s, 10s)', 100);
    expect(times).toHaveLength(50);
    expect(times.slice(0, 3).map((time) => time ** 2 / 2)).toEqual([1, 2, 3].map((n) => expect.closeTo(n, 9)));
    expect(arrivals('ramp(0->10/s, 10s)', 100)).toEqual(times);
    expect(arrivals('ramp(10→0/s, 10s)', 100)).toHaveLength(50);
  });

  it('steps, spikes, sines and sequences have the area under their curve', () => {
    expect(expectedArrivals(parseLoad('step(1→5→20/s, 10s)'), 100)).toBe(260);
    expect(expectedArrivals(parseLoad('spike(1→50/s, 30s, 10m)'), 1e6)).toBe(570 + 1500);
    expect(expectedArrivals(parseLoad('spike(0→50/s, 30s)'), 1e6)).toBe(1500);
    expect(expectedArrivals(parseLoad('sine(0→20/s, 10m, 1h)'), 1e6)).toBeCloseTo(36_000, 3);
    expect(expectedArrivals(parseLoad('constant(5/s, 1m); constant(0/s, 1m) then 2/s'), 180)).toBe(300 + 120);
  });

  it('a sine starts low and is highest half a period later', () => {
    const times = arrivals('sine(0→20/s, 100s)', 100);
    const inTenth = (tenth: number) => times.filter((time) => Math.floor(time / 10) === tenth).length;
    expect(inTenth(0)).toBeLessThan(10);
    expect(inTenth(5)).toBeGreaterThan(180);
  });

  it('poisson has the mean rate, and the same times for the same seed', () => {
    const times = arrivals('poisson(50/s)', 1000);
    expect(Math.abs(times.length - 50_000)).toBeLessThan(5 * Math.sqrt(50_000));
    expect(arrivals('poisson(50/s)', 1000)).toEqual(times);
    expect(arrivals('poisson(50/s)', 1000, 2)).not.toEqual(times);
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(spread / mean).toBeCloseTo(1, 1);
  });

  it('poisson of a ramp follows the ramp', () => {
    const times = arrivals('poisson(ramp(0→100/s, 100s))', 100);
    const half = times.filter((time) => time < 50).length;
    expect(half / times.length).toBeCloseTo(0.25, 1);
  });

  it('any sequence of ramps publishes as many items as its area, in order', () => {
    const rate = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(rate, rate, fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 5 }),
        (parts) => {
          const text = parts.map(([from, to, seconds]) => `ramp(${from}→${to}/s, ${seconds}s)`).join('; ');
          const times = arrivals(text, 1e6);
          expect(Math.abs(times.length - expectedArrivals(parseLoad(text), 1e6))).toBeLessThan(1 + 1e-6);
          expect(times.every((time, at) => at === 0 || time >= (times[at - 1] ?? 0))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('bad load shapes', () => {
  it.each([
    ['', 'ML-SIM-LOAD at character 1: expected a rate such as 5/s'],
    ['5', 'ML-SIM-LOAD at character 1: the unit is missing: write 5/s, 300/m or 1000/h'],
    ['-5/s', 'ML-SIM-LOAD at character 1: a rate cannot be negative'],
    ['5/fortnight', 'ML-SIM-LOAD at character 2: "fortnight" is not a unit of rates: /s, /m, /h'],
    ['ramp(5/s, 10m)', 'ML-SIM-LOAD at character 6: expected at least 2 rates, such as 0→50/s'],
    ['ramp(0→50/s)', 'ML-SIM-LOAD at character 12: expected "," after the rates, then a duration'],
    ['ramp(0→50/s, 10)', 'ML-SIM-LOAD at character 14: expected a duration with its unit, such as 10m'],
    ['ramp(0→50/s, 0s)', 'ML-SIM-LOAD at character 14: a duration must be longer than zero'],
    ['ramp(0→50/s, 10m', 'ML-SIM-LOAD at character 17: expected ")" after ramp'],
    [
      'rump(0→50/s, 10m)',
      'ML-SIM-LOAD at character 1: there is no shape "rump": constant, ramp, step, spike, sine, poisson',
    ],
    ['poisson(poisson(5/s))', 'ML-SIM-LOAD at character 9: there is no shape "poisson" to put in poisson'],
    ['5/s; 6/s', 'ML-SIM-LOAD at character 5: the part before never ends: give it a duration'],
    ['5/s banana', 'ML-SIM-LOAD at character 5: expected the end, or `;` and the next shape'],
    ['1e9/s', 'ML-SIM-LOAD at character 1: at most 1000000 per second'],
    ['constant(1/s, 99999d)', 'ML-SIM-LOAD at character 15: at most ten years'],
    ['spike(1→2/s, 1h, 1m)', 'ML-SIM-LOAD at character 20: the spike is longer than the whole'],
  ])('%j', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  it('is quick to refuse a text without end', () => {
    expect(problem('5/s;'.repeat(100_000))).toMatch('longer than 4096 characters');
  });
});
