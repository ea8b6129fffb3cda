import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WaitHistogram } from '../../../src/simulate/wait-histogram.ts';

describe('waiting times', () => {
  it('percentiles are those of the sorted list, to half a percent; short waits count as none', () => {
    const times = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })), { minLength: 1 });
    fc.assert(
      fc.property(times, fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 1), (waits, share) => {
        const histogram = new WaitHistogram();
        for (const wait of waits) histogram.add(wait);
        const sorted = waits.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
        expect(Math.abs(histogram.quantile(share) - exact)).toBeLessThanOrEqual(exact * 0.005 + 0.001);
        expect(histogram.max).toBe(sorted.at(-1));
      }),
    );
  });

  it('is zero without waits', () => {
    expect(new WaitHistogram().quantile(0.95)).toBe(0);
    expect(new WaitHistogram().mean).toBe(0);
  });
});
