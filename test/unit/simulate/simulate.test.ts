import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Autoscaler, ClusterView } from '../../../src/simulate/autoscaler.ts';
import { parseLoad } from '../../../src/simulate/load/parse.ts';
import { parseTraceCsv } from '../../../src/simulate/load/trace-csv.ts';
import type { PodModel } from '../../../src/simulate/queue/pod-model.ts';
import { parseServiceTime } from '../../../src/simulate/service-time.ts';
import type { SimulationOptions, TimelineEntry } from '../../../src/simulate/options.ts';
import { simulate, simulateInSlices } from '../../../src/simulate/simulate.ts';

const PODS: PodModel = {
  service: parseServiceTime('1s'),
  startSeconds: 0,
  readySeconds: 0,
  graceSeconds: 30,
  crashesPerSecond: 0,
  busyCpuMilli: 1000,
  requestCpuMilli: 1000,
};
const PIPELINE = { pollSeconds: 5, delaySeconds: 0, maxAgeSeconds: Number.POSITIVE_INFINITY, errors: [] };

/** Replicas at times, whatever the metric says. */
function scripted(plan: (view: ClusterView) => number): Autoscaler {
  return { min: 0, max: 1000, readsCpu: false, sync: (view) => ({ desired: plan(view), reason: '', record: null }) };
}

function run(over: Partial<SimulationOptions> & { load?: string }) {
  const timeline: TimelineEntry[] = [];
  const summary = simulate({
    ...options(),
    onSync: (entry) => timeline.push(entry),
    ...over,
    ...(over.load === undefined ? {} : { drive: { kind: 'load', load: parseLoad(over.load), measure: 'unfinished' } }),
  });
  return { summary, timeline };
}

function options(): SimulationOptions {
  return {
    drive: { kind: 'load', load: parseLoad('1/s'), measure: 'unfinished' },
    pods: PODS,
    pipeline: PIPELINE,
    seconds: 100,
    syncSeconds: 15,
    initialReplicas: 1,
    seed: 1,
    autoscaler: scripted((view) => view.replicas),
  };
}

describe('a queue with fixed replicas', () => {
  it('one server for half the load lets the backlog grow in a straight line', () => {
    const { summary, timeline } = run({ load: '2/s' });
    expect(summary.ledger).toEqual({
      published: 200,
      processed: 99,
      waiting: 100,
      inFlight: 1,
      lost: 0,
      redelivered: 0,
    });
    // Item k comes at k/2 s and is begun k - 0.5 s after the start: it waits (k - 1) / 2 s. Those that still wait count too.
    expect(summary.wait?.max).toBeCloseTo(49.5, 6);
    expect(summary.replicaSeconds).toBe(100);
    expect(summary.utilization).toBeCloseTo(0.995, 3);
    expect(timeline.map(({ time, metric, waiting }) => [time, metric, waiting]).slice(0, 3)).toEqual([
      [0, 0, 0],
      [15, 16, 15],
      [30, 31, 30],
    ]);
  });

  it('enough servers let nothing wait', () => {
    const { summary } = run({ load: '10/s', initialReplicas: 11 });
    expect(summary.wait).toMatchObject({ p50: 0, p99: 0, max: 0 });
  });

  it('M/M/1 has the mean wait of the textbook', () => {
    const pods = { ...PODS, service: parseServiceTime('exp(1s)') };
    const { summary } = run({ load: 'poisson(0.5/s)', pods, seconds: 100_000, onSync: () => {} });
    // rho / (mu - lambda) = 0.5 / 0.5 = 1 s in the queue
    expect(summary.wait?.mean).toBeCloseTo(1, 1);
    expect(summary.utilization).toBeCloseTo(0.5, 1);
  });

  it('a load that ends leaves an empty queue behind', () => {
    const { summary } = run({ load: 'constant(5/s, 10s)', initialReplicas: 2 });
    expect(summary.ledger).toEqual({ published: 50, processed: 50, waiting: 0, inFlight: 0, lost: 0, redelivered: 0 });
  });
});

describe('scaling', () => {
  it('new pods take items after their start-up and count as ready after their readiness delay', () => {
    const pods = { ...PODS, startSeconds: 10, readySeconds: 20 };
    const { timeline, summary } = run({
      load: '1/s',
      pods,
      initialReplicas: 0,
      autoscaler: scripted(({ time }) => (time >= 15 ? 2 : 0)),
    });
    expect(timeline.map(({ time, current, desired, ready }) => [time, current, desired, ready])).toEqual([
      [0, 0, 0, 0],
      [15, 0, 2, 0],
      [30, 2, 2, 0],
      [45, 2, 2, 2],
      [60, 2, 2, 2],
      [75, 2, 2, 2],
      [90, 2, 2, 2],
    ]);
    expect(summary.wait?.max).toBeCloseTo(24, 6); // the item of second 1 is begun at 25
    expect(summary).toMatchObject({ scaleUps: 1, scaleDowns: 0, firstReactionSeconds: 14 });
  });

  it('scale-in deletes pods that are not ready first, and lets a busy one finish', () => {
    const pods = { ...PODS, service: parseServiceTime('20s') };
    const { summary, timeline } = run({
      load: 'constant(1/s, 2s)',
      pods,
      initialReplicas: 2,
      autoscaler: scripted(({ time }) => (time >= 15 ? 0 : 2)),
    });
    expect(summary.ledger).toMatchObject({ published: 2, processed: 2, redelivered: 0 });
    expect(timeline.at(-1)?.ready).toBe(0);
    expect(summary.replicaSeconds).toBe(21 + 22);
  });

  it('an item that outlives the grace period goes back to the queue', () => {
    const pods = { ...PODS, service: parseServiceTime('60s'), graceSeconds: 5 };
    const { summary } = run({
      load: 'constant(1/s, 1s)',
      pods,
      autoscaler: scripted(({ time }) => (time === 15 || time === 30 ? 0 : 1)),
      seconds: 200,
    });
    expect(summary.ledger).toMatchObject({ published: 1, processed: 1, redelivered: 1, lost: 0 });
  });

  it('a change of direction within ten minutes is a flap', () => {
    const { summary } = run({
      seconds: 2000,
      autoscaler: scripted(({ time }) => (time < 60 || (time > 300 && time < 1200) ? 1 : 5)),
    });
    expect(summary).toMatchObject({ scaleUps: 2, scaleDowns: 1, flaps: 1 });
  });

  it('crashes give items back and lose none', () => {
    const pods = { ...PODS, crashesPerSecond: 1 / 30 };
    const { summary } = run({ load: 'poisson(3/s, 200s)', pods, initialReplicas: 20, seconds: 5000 });
    expect(summary.ledger?.redelivered).toBeGreaterThan(10);
    expect(summary.ledger).toMatchObject({ waiting: 0, inFlight: 0, lost: 0 });
  });

  it('whatever happens, no item is lost and none is counted twice', () => {
    const arbitrary = fc.record({
      seed: fc.integer(),
      rate: fc.integer({ min: 0, max: 20 }),
      service: fc.constantFrom('1s', 'exp(3s)', 'uniform(1s, 20s)', 'lognormal(1s, 1)'),
      crashesPerSecond: fc.constantFrom(0, 0.01, 0.2),
      graceSeconds: fc.constantFrom(0, 3, 30),
      plan: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 10 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ seed, rate, service, crashesPerSecond, graceSeconds, plan }) => {
        const options = {
          load: `poisson(${rate}/s)`,
          seed,
          pods: {
            ...PODS,
            service: parseServiceTime(service),
            crashesPerSecond,
            graceSeconds,
            startSeconds: 3,
            readySeconds: 2,
          },
          autoscaler: scripted(({ time }) => plan[Math.floor(time / 15) % plan.length] ?? 0),
        };
        const first = run(options);
        const { ledger, wait } = first.summary;
        expect(ledger?.lost).toBe(0);
        expect(wait?.count).toBe((ledger?.processed ?? 0) + (ledger?.waiting ?? 0));
        expect(first.timeline.every(({ ready, current }) => ready >= 0 && ready <= current)).toBe(true);
        expect(run(options)).toEqual(first);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the metric pipeline', () => {
  const metrics = (pipeline: Partial<typeof PIPELINE>, trace = 'time,value\n0,1\n20,2\n50,3') =>
    run({
      drive: { kind: 'trace', trace: parseTraceCsv(trace, 'x') },
      pipeline: { ...PIPELINE, ...pipeline },
      syncSeconds: 10,
      seconds: 60,
    }).timeline.map(({ metric }) => metric);

  it('hands on what the last poll read', () => {
    expect(metrics({})).toEqual([1, 1, 2, 2, 2, 3, 3]);
    expect(metrics({ pollSeconds: 30 })).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  it('delays values', () => {
    expect(metrics({ delaySeconds: 10 })).toEqual([null, 1, 1, 2, 2, 2, 3]);
  });

  it('refuses old values and answers with errors when it shall', () => {
    expect(metrics({ pollSeconds: 40, maxAgeSeconds: 20 })).toEqual([1, 1, 1, null, 2, 2, 2]);
    const errors = [[10, 30]] as const;
    expect(
      run({ drive: { kind: 'trace', trace: parseTraceCsv('time,value\n0,1', 'x') }, pipeline: { ...PIPELINE, errors } })
        .summary,
    ).toMatchObject({
      metricErrors: 1,
      wait: null,
      ledger: null,
    });
  });

  it('has nothing to say before the first row of a trace', () => {
    expect(metrics({}, 'time,value\n15,7')).toEqual([null, null, 7, 7, 7, 7, 7]);
  });
});

describe('size', () => {
  it('is refused before it takes hours', () => {
    expect(() => run({ load: '1000000/s', seconds: 1e6 })).toThrow('too large: 1000000000000 items');
    expect(() => run({ seconds: 1e9, syncSeconds: 1 })).toThrow('too large');
  });

  it('comes in slices, between which somebody may stop it', () => {
    const slices = simulateInSlices({
      ...options(),
      drive: { kind: 'load', load: parseLoad('1000/s'), measure: 'waiting' },
      seconds: 3600,
    });
    expect(slices.next().done).toBe(false);
    expect(slices.next().done).toBe(false);
    slices.return(undefined as never);
    expect(slices.next().done).toBe(true);
  });
});
