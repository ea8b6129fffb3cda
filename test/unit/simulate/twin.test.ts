import { describe, expect, it } from 'vitest';
import type { HpaSpec } from '../../../src/hpa/index.ts';
import { parseLoad } from '../../../src/simulate/load/parse.ts';
import { parseTraceCsv } from '../../../src/simulate/load/trace-csv.ts';
import { parseServiceTime } from '../../../src/simulate/service-time.ts';
import type { Drive, TimelineEntry } from '../../../src/simulate/options.ts';
import { simulate } from '../../../src/simulate/simulate.ts';
import { controllerFor } from '../../../src/simulate/twin/platform.ts';
import { TwinAutoscaler } from '../../../src/simulate/twin/twin-autoscaler.ts';

const QUEUE = {
  type: 'External',
  external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '2' } },
} as const;

interface Case {
  readonly spec?: Partial<HpaSpec>;
  readonly drive: Drive;
  readonly seconds?: number;
  readonly minor?: number;
  readonly start?: number;
}

function run({ spec = {}, drive, seconds = 600, minor = 36, start }: Case) {
  const full = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'consumer' },
    minReplicas: 1,
    maxReplicas: 20,
    metrics: [QUEUE],
    ...spec,
  };
  const initialReplicas = start ?? full.minReplicas;
  const timeline: TimelineEntry[] = [];
  const summary = simulate({
    drive,
    pods: {
      service: parseServiceTime('1s'),
      startSeconds: 2,
      readySeconds: 3,
      graceSeconds: 30,
      crashesPerSecond: 0,
      busyCpuMilli: 200,
      requestCpuMilli: 100,
    },
    pipeline: { pollSeconds: 5, delaySeconds: 0, maxAgeSeconds: Number.POSITIVE_INFINITY, errors: [] },
    seconds,
    syncSeconds: 15,
    initialReplicas,
    seed: 1,
    autoscaler: new TwinAutoscaler({
      hpa: { metadata: { name: 'consumer' }, spec: full, status: { currentReplicas: 0, desiredReplicas: 0 } },
      controller: controllerFor(minor, 'amd64', full.minReplicas),
      records: true,
      initialReplicas,
      requestCpuMilli: 100,
      fromTrace: drive.kind === 'trace',
    }),
    onSync: (entry) => timeline.push(entry),
  });
  const changes = timeline.filter(({ current, desired }) => current !== desired);
  return {
    summary,
    timeline,
    changes: changes.map(({ time, current, desired }) => `${time}: ${current}→${desired}`),
    reasons: changes.map(({ reason }) => reason),
  };
}

const trace = (text: string): Drive => ({ kind: 'trace', trace: parseTraceCsv(`time,value\n${text}`, 'x') });
const load = (text: string): Drive => ({ kind: 'load', load: parseLoad(text), measure: 'unfinished' });

describe('the twin in the loop', () => {
  it('follows a trace: proposal, rate limit, maximum, then the window of five minutes', () => {
    const { changes, reasons } = run({ drive: trace('0,2\n60,200\n120,0'), seconds: 900 });
    // The last high recommendation, of second 105, still counts at 405: stabilizeRecommendation drops what is before the cut-off.
    expect(changes).toEqual(['60: 1→4', '75: 4→8', '90: 8→16', '105: 16→20', '420: 20→1']);
    expect(reasons).toEqual([
      'metric 200 / target 2 asks 100; twice the current count, at least 4, allows only 4; max 20 → 4',
      'metric 200 / target 2 asks 100; twice the current count, at least 4, allows only 8; max 20 → 8',
      'metric 200 / target 2 asks 100; twice the current count, at least 4, allows only 16; max 20 → 16',
      'metric 200 / target 2 asks 100; twice the current count, at least 4, allows 32; max 20 → 20',
      'metric 0 / target 2 asks 0; min 1 → 1',
    ]);
  });

  it('obeys behavior', () => {
    const behavior = {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }],
      },
      scaleDown: {
        stabilizationWindowSeconds: 30,
        selectPolicy: 'Max',
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
      },
    };
    const { changes, reasons } = run({ spec: { behavior }, drive: trace('0,2\n60,8\n180,2') });
    // With behavior only what is after the cut-off counts (stabilizeRecommendationWithBehaviors).
    expect(changes).toEqual(['60: 1→3', '120: 3→4', '195: 4→1']);
    expect(reasons[0]).toBe('metric 8 / target 2 asks 4; policy Pods 2 per 60 s allows only 3; max 20 → 3');
  });

  it('goes from zero to enough and back, and drains the queue', () => {
    const { summary, changes } = run({ spec: { minReplicas: 0 }, drive: load('constant(8/s, 5s)'), seconds: 900 });
    expect(changes[0]).toBe('15: 0→4');
    expect(changes.at(-1)).toMatch(/→0$/);
    expect(summary.ledger).toMatchObject({ published: 40, processed: 40, lost: 0 });
    expect(summary.desired.last).toBe(0);
  });

  it('knows what a version did at zero replicas', () => {
    const drive = trace('0,0\n60,4');
    expect(run({ spec: { minReplicas: 0 }, drive, minor: 36 }).changes).toEqual(['60: 0→2']);
    expect(run({ spec: { minReplicas: 0 }, drive, minor: 30 }).changes).toEqual(['60: 0→2']);
    // Scaled to zero by somebody else while min is 1: nothing happens, whatever the metric says.
    expect(run({ drive, start: 0 }).changes).toEqual([]);
  });

  it('keeps what it has while the metric cannot be read', () => {
    const { timeline, summary } = run({ drive: trace('30,8'), start: 3 });
    expect(timeline.slice(0, 4).map(({ metric, desired }) => [metric, desired])).toEqual([
      [null, 3],
      [null, 3],
      [8, 4],
      [8, 4],
    ]);
    expect(timeline[0]?.reason).toMatch('no value has arrived yet');
    expect(summary.metricErrors).toBe(2);
  });

  it('scales on CPU that the consumers use, and on CPU in a trace', () => {
    const cpu = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 100 } },
    } as const;
    // A busy pod uses 200 of its 100 milli-cores: two pods half busy are at the target.
    const fromLoad = run({ spec: { metrics: [cpu] }, drive: load('1/s'), seconds: 1800 });
    expect(fromLoad.summary.desired.last).toBe(2);
    const fromTrace = run({ spec: { metrics: [cpu] }, drive: trace('0,100\n120,200'), start: 2, seconds: 135 });
    expect(fromTrace.changes).toEqual(['120: 2→4']);
  });

  it('counts ready pods for a Value target', () => {
    const metrics = [
      { type: 'External', external: { metric: { name: 'lag' }, target: { type: 'Value', value: '10' } } },
    ];
    expect(run({ spec: { metrics }, drive: trace('0,10\n60,20'), start: 2, seconds: 60 }).changes).toEqual(['60: 2→4']);
  });
});
