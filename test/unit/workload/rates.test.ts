import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PodReport, Rates } from '../../../src/workload/monitoring/rates.ts';

const COUNT = 'net.http.request.count';

/** A report of a pod of the Service `web` in the namespace `shop`. */
function report(pod: string, total: number, more: Partial<PodReport> = {}): PodReport {
  return { namespace: 'shop', pod, services: ['web'], instance: `${pod}-1`, counters: { [COUNT]: total }, ...more };
}

/** Each pod's requests per second, told every second from second 0 to `seconds`. */
function told(pods: Readonly<Record<string, number>>, seconds: number): Rates {
  const rates = new Rates(0);
  for (let second = 0; second <= seconds; second += 1) {
    for (const [pod, perSecond] of Object.entries(pods)) rates.add(report(pod, perSecond * second), second * 1000);
  }
  return rates;
}

const valuesOf = (rates: Rates, by: 'namespace' | 'pod' | 'service', now: number) =>
  rates.rates(COUNT, by, now)?.values;

describe('rates out of totals', () => {
  it('are those of pods, Services and namespaces', () => {
    const rates = told({ a: 10, b: 5 }, 20);
    expect(valuesOf(rates, 'pod', 20_000)).toEqual([
      { namespace: 'shop', name: 'a', value: 10 },
      { namespace: 'shop', name: 'b', value: 5 },
    ]);
    expect(valuesOf(rates, 'service', 20_000)).toEqual([{ namespace: 'shop', name: 'web', value: 15 }]);
    expect(valuesOf(rates, 'namespace', 20_000)).toEqual([{ namespace: 'shop', value: 15 }]);
    expect(rates.rates(COUNT, 'service', 20_000)?.at).toBe(18_000);
    expect(rates.metrics).toEqual([COUNT]);
  });

  it('are none until enough was seen, and right from then on: a backend that was started again reports no dip', () => {
    const rates = new Rates(100_000);
    for (let second = 100; second <= 108; second += 1) {
      // The counters have long been running.
      rates.add(report('a', 4_000 + 7 * second), second * 1000);
      if (second < 105) expect(valuesOf(rates, 'service', second * 1000)).toBeUndefined();
      else expect(valuesOf(rates, 'service', second * 1000)?.[0]?.value).toBeCloseTo(7);
    }
  });

  it('of a Service stay what they are when its requests go to other pods', () => {
    const rates = new Rates(0);
    const total: Record<string, number> = {};
    for (let second = 0; second <= 30; second += 1) {
      const pods = second < 15 ? ['a', 'b'] : ['a', 'b', 'c', 'd', 'e', 'f'];
      for (const pod of pods) {
        const before = total[pod];
        // Sixty a second; a pod begins with a report of nothing.
        total[pod] = before === undefined ? 0 : before + 60 / (second <= 15 ? 2 : 6);
        rates.add(report(pod, total[pod]), second * 1000);
      }
      if (second >= 5) expect(valuesOf(rates, 'service', second * 1000)?.[0]?.value).toBeCloseTo(60);
    }
  });

  it('count a pod that began again from zero, and do not miss what a report that came late has counted', () => {
    const rates = told({ a: 10 }, 10);
    rates.add(report('a', 3, { instance: 'a-2' }), 11_000);
    expect(valuesOf(rates, 'pod', 13_000)?.[0]?.value).toBeCloseTo((4 * 10 + 3) / 5);
    const late = told({ a: 10 }, 10);
    late.add(report('a', 140), 14_000);
    expect(valuesOf(late, 'pod', 16_000)?.[0]?.value).toBeCloseTo(10);
  });

  it('of a pod that is gone end, its requests still count for the Service', () => {
    const rates = told({ a: 10, b: 10 }, 20);
    for (let second = 21; second <= 40; second += 1) rates.add(report('b', 10 * second), second * 1000);
    expect(valuesOf(rates, 'pod', 40_000)).toEqual([{ namespace: 'shop', name: 'b', value: 10 }]);
    const quiet = told({ a: 10 }, 20);
    expect(valuesOf(quiet, 'service', 24_900)).toHaveLength(1);
    expect(valuesOf(quiet, 'service', 25_000)).toEqual([]);
  });

  it('whatever the times of the reports, no request is counted twice or lost', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 50 }), (between, perMs) => {
        const rates = new Rates(0);
        let now = 0;
        rates.add(report('a', 0), now);
        for (const gap of between) {
          now += gap;
          rates.add(report('a', now * perMs), now);
        }
        const value = valuesOf(rates, 'service', now)?.[0]?.value;
        // A steady stream, seen through any reports, has its own rate.
        if (value !== undefined) expect(value / (perMs * 1_000)).toBeCloseTo(1);
      }),
    );
  });

  it('has room for many pods, not for any number', () => {
    const rates = new Rates(0);
    for (let n = 0; n < 10_000; n += 1) expect(rates.add(report(`p${n}`, 0), 0)).toBe(true);
    expect(rates.add(report('one-more', 0), 0)).toBe(false);
    expect(rates.add(report('p7', 1), 1)).toBe(true);
    expect(rates.add(report('one-more', 0), 60_000)).toBe(true);
  });
});
