import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/contracts/clock.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { batchSize, checkQueueName } from '../../../src/workload/queues/options.ts';
import { publishBatches } from '../../../src/workload/queues/publish-batches.ts';

/** Time that passes only by sleeping. */
function sleepClock(): Clock & { slept: number } {
  const clock = {
    slept: 0,
    now: () => clock.slept,
    monotonic: () => clock.slept,
    sleep: async (ms: number) => {
      clock.slept += ms;
    },
  };
  return clock;
}
const never = new AbortController().signal;

describe('publishing in batches', () => {
  test('every item is in exactly one batch', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom(undefined, 5, 500), async (count, rate) => {
        const seen: number[] = [];
        const progress: number[] = [];
        const rates = rate === undefined ? {} : { ratePerSecond: rate };
        const options = { signal: never, onProgress: (done: number) => progress.push(done), ...rates };
        const done = await publishBatches(count, options, sleepClock(), async ({ from, size }) => {
          for (let i = from; i < from + size; i += 1) seen.push(i);
        });
        expect(done).toBe(count);
        expect(progress.at(-1)).toBe(count);
        expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
      { numRuns: 40 },
    );
  });

  test('the rate is kept', async () => {
    const clock = sleepClock();
    await publishBatches(100, { signal: never, ratePerSecond: 5 }, clock, async () => {});
    expect(clock.slept).toBeGreaterThanOrEqual(19_000);
    expect(clock.slept).toBeLessThanOrEqual(20_000);
  });

  test('a fault in the middle says how many there are and what is left', async () => {
    const fault = new LabError('ML-QUEUE-REFUSED', { url: 'u', command: 'LPUSH', reason: 'OOM' });
    const publishing = publishBatches(3_000, { signal: never }, sleepClock(), async ({ from }) => {
      if (from >= 1_000) throw fault;
    });
    await expect(publishing).rejects.toMatchObject({
      id: 'ML-QUEUE-PUBLISH',
      params: { done: 1_000, count: 3_000, rest: 2_000 },
    });
  });

  test('a fault at once is the fault itself', async () => {
    const fault = new LabError('ML-QUEUE-UNREACHABLE', { url: 'u', reason: 'r' });
    await expect(publishBatches(1, { signal: never }, sleepClock(), () => Promise.reject(fault))).rejects.toBe(fault);
  });

  test('aborted: resolves to what was acknowledged', async () => {
    const stop = new AbortController();
    const done = await publishBatches(50_000, { signal: stop.signal }, sleepClock(), async ({ from }) => {
      if (from === 3_000) stop.abort();
    });
    expect(done).toBeGreaterThanOrEqual(4_000);
    expect(done).toBeLessThan(50_000);
  });
});

test('batches stay around a megabyte and a tenth of a second', () => {
  expect(batchSize(undefined, undefined)).toBe(1_000);
  expect(batchSize('x'.repeat(10_000), undefined)).toBe(99);
  expect(batchSize('x'.repeat(5_000_000), undefined)).toBe(1);
  expect(batchSize(undefined, 50)).toBe(5);
  expect(batchSize(undefined, 1)).toBe(1);
});

test.each(['', '-jobs', 'a b', 'jobs\r\n', 'ä', 'x'.repeat(101), 'a:b'])('%j is no queue name', (name) => {
  expect(() => checkQueueName(name)).toThrow(expect.objectContaining({ id: 'ML-QUEUE-NAME' }));
});
