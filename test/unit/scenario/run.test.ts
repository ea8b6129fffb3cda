import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../src/cli/scenario/scenario-file.ts';
import type { Clock } from '../../../src/contracts/clock.ts';
import type { LabSample } from '../../../src/lab/observe.ts';
import { runScenario, type ScenarioRunOptions } from '../../../src/scenario/run.ts';
import { Waits } from '../../../src/scenario/waits.ts';

/** Time that jumps to the next sleeper whenever everybody sleeps. */
class JumpingClock implements Clock {
  #now = 0;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }
  monotonic(): number {
    return this.#now;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(signal?.reason);
      if (signal?.aborted === true) return fail();
      signal?.addEventListener('abort', fail, { once: true });
      this.#sleepers.push({ at: this.#now + ms, wake: resolve });
      setImmediate(() => this.#jump());
    });
  }
  #jump(): void {
    this.#sleepers.sort((a, b) => a.at - b.at);
    const next = this.#sleepers.shift();
    if (next === undefined) return;
    this.#now = Math.max(this.#now, next.at);
    next.wake();
  }
}

const SPEC = {} as ScenarioRunOptions['lab']['spec'];

/** A queue that works on `rate` items a second, and an HPA with 3 replicas from then on when 5 wait. */
function fakeLab(clock: Clock, rate: number) {
  let published = 0;
  let desired = 1;
  const lab: ScenarioRunOptions['lab'] = {
    spec: SPEC,
    publish: async (count) => {
      published += count;
      return count;
    },
    sample: async (): Promise<LabSample> => {
      const processed = Math.min(published, Math.floor((clock.monotonic() / 1000) * rate));
      const waiting = published - processed;
      if (waiting >= 5) desired = 3;
      const ledger = { published, processed, waiting, inFlight: 0, dead: 0, duplicates: 0, lost: 0 };
      const hpa = { current: desired, desired, min: 1, max: 3, conditions: [] } as unknown as LabSample['hpa'];
      return { hpa, ready: desired, ledger };
    },
    close: async () => undefined,
  };
  return lab;
}

const scenario = parseScenario(
  `apiVersion: metricslab.dev/v1
kind: Scenario
metadata: {name: x}
for: 20s
load:
  stages: [{publish: 10}]
expect: [desired >= 3 within 5s]
thresholds: [p95(wait) < 1s, lost == 0, processed == 10]
`,
  'x.yaml',
);

describe('scenario run', () => {
  it('publishes, samples once a second, measures waits and judges', async () => {
    const clock = new JumpingClock();
    const seen: number[] = [];
    const signal = new AbortController().signal;
    const lab = fakeLab(clock, 1);
    const outcome = await runScenario({ scenario, lab, clock, signal, onSample: ({ time }) => seen.push(time) });
    expect(outcome.fault).toBeUndefined();
    expect(seen).toHaveLength(21);
    expect(outcome.summary).toMatchObject({
      ledger: { published: 10, processed: 10, lost: 0 },
      scaleUps: 1,
      desired: { min: 1, max: 3, last: 3 },
      wait: { count: 10 },
    });
    expect(outcome.summary.wait?.max).toBeCloseTo(10, 0);
    expect(outcome.expectations.map(({ passed }) => passed)).toEqual([true, false, true, true]);
  });

  it('is an open model: what a slow queue has not taken does not hold the load back', async () => {
    const clock = new JumpingClock();
    const steady = parseScenario(
      'apiVersion: metricslab.dev/v1\nkind: Scenario\nmetadata: {name: y}\nfor: 10s\nload:\n  stages: [{rate: 5/s, duration: 10s}]\n',
      'y.yaml',
    );
    const signal = new AbortController().signal;
    const slow = { ...fakeLab(clock, 0), publish: () => new Promise<number>((resolve) => setImmediate(resolve, 1)) };
    const counts: number[] = [];
    const lab = { ...slow, publish: (count: number) => (counts.push(count), slow.publish()) };
    await runScenario({ scenario: steady, lab, clock, signal, onSample: () => undefined });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(49);
  });

  it('gives what there is when it is interrupted, or when the lab is lost', async () => {
    const clock = new JumpingClock();
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    const onSample = ({ time }: { readonly time: number }) => {
      if (time >= 3) stop.abort(reason);
    };
    const outcome = await runScenario({ scenario, lab: fakeLab(clock, 1), clock, signal: stop.signal, onSample });
    expect(outcome.fault).toBe(reason);
    expect(outcome.timeline).toHaveLength(4);

    const other = new JumpingClock();
    const lost = { ...fakeLab(other, 1), publish: () => Promise.reject(new Error('gone')) };
    const signal = new AbortController().signal;
    const ended = await runScenario({ scenario, lab: lost, clock: other, signal, onSample: () => undefined });
    expect(ended.fault).toMatchObject({ message: 'gone' });
    expect(ended.timeline.length).toBeGreaterThan(0);
  });
});

describe('waits', () => {
  it('counts those in front, and those that never leave', () => {
    const waits = new Waits(100, 2);
    waits.published(0, 3);
    waits.sample(1, 101);
    expect(waits.histogram.count).toBe(0);
    waits.sample(2, 103);
    expect(waits.histogram.max).toBe(2);
    expect(waits.oldest(2)).toBe(2);
    waits.sample(3, 102);
    waits.sample(4, 104);
    expect(waits.histogram.count).toBe(2);
    waits.settle(10);
    expect(waits.histogram).toMatchObject({ count: 3, max: 10 });
  });
});
