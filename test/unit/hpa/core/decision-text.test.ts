import { describe, expect, it } from 'vitest';
import {
  compileHpa,
  DEFAULT_FLAGS,
  type DecideInput,
  Decider,
  type DecisionRecord,
  type DecisionStep,
  decisionLines,
  decisionText,
  type HpaSpec,
  newDecision,
  newMemory,
  recordOf,
} from '../../../../src/hpa/index.ts';

const BASE: HpaSpec = {
  scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker' },
  minReplicas: 1,
  maxReplicas: 10,
  metrics: [
    { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '10' } } },
  ],
};
const WITH_BEHAVIOR: HpaSpec = {
  ...BASE,
  behavior: {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }],
    },
    scaleDown: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
    },
  },
};

/** A decision's record: `current` replicas, all ready, and the metrics' totals in whole units (null = failed). */
function decide(spec: HpaSpec, current: number, totals: readonly (number | null)[]): DecisionRecord {
  const decider = new Decider(compileHpa(spec, { minor: 36, arch: 'amd64', gates: {} }, DEFAULT_FLAGS));
  const input: DecideInput = {
    nowMs: 0,
    specReplicas: current,
    statusReplicas: current,
    readyPods: current,
    pods: [],
    samples: totals.map((total) => ({ failed: total === null, total: (total ?? 0) * 1000, values: null })),
    scaledToZero: false,
  };
  const steps: DecisionStep[] = [];
  const decision = newDecision();
  const memory = { ...newMemory(), recommendations: [] };
  decider.decide(memory, input, decision, steps);
  return recordOf(steps, current, decision.desired);
}

describe('a decision in one line', () => {
  it('names metric, policy and max on the way up', () => {
    expect(decisionText(decide(WITH_BEHAVIOR, 5, [80]))).toBe(
      'metric 80 / target 10 asks 8; policy Pods 4 per 15 s allows 9; max 10 → 8',
    );
  });

  it('says that the policy was the limit', () => {
    const record = decide(WITH_BEHAVIOR, 2, [90]);
    expect(decisionText(record)).toBe('metric 90 / target 10 asks 9; policy Pods 4 per 15 s allows only 6; max 10 → 6');
    expect(record.limit).toMatchObject({ rule: 'bounds', reason: 'ScaleUpLimit' });
  });

  it('says that max was the limit', () => {
    const record = decide(WITH_BEHAVIOR, 8, [200]);
    expect(decisionText(record)).toBe('metric 200 / target 10 asks 20; policy Pods 4 per 15 s allows 12; max 10 → 10');
    expect(record.limit).toMatchObject({ rule: 'bounds', reason: 'TooManyReplicas' });
  });

  it('names policy and min on the way down', () => {
    expect(decisionText(decide(WITH_BEHAVIOR, 8, [9.5]))).toBe(
      'metric 9.5 / target 10 asks 1; policy Percent 50% per 60 s allows only 4; min 1 → 4',
    );
  });

  it('explains the dead band', () => {
    expect(decisionText(decide(BASE, 4, [41]))).toBe(
      'metric 41 / target 10 is within tolerance (ratio 1.025 in 0.9…1.1), keeps 4 → 4',
    );
  });

  it('knows the limit without behavior', () => {
    expect(decisionText(decide(BASE, 1, [90]))).toBe(
      'metric 90 / target 10 asks 9; twice the current count, at least 4, allows only 4; max 10 → 4',
    );
  });

  it('knows the branches without metrics', () => {
    expect(decisionText(decide(BASE, 12, [90]))).toBe('12 replicas are more than max 10, metrics are not read → 10');
    expect(decisionText(decide(BASE, 0, [90]))).toBe('0 replicas: scaling is disabled until somebody scales up → 0');
  });

  it('names several metrics and the largest', () => {
    const metrics = [...(BASE.metrics ?? []), ...(BASE.metrics ?? [])];
    expect(decisionText(decide({ ...BASE, metrics }, 4, [60, null]))).toBe(
      'queue 60 / target 10 asks 6; metric 2 failed: no value; the largest is 6; ' +
        'twice the current count, at least 4, allows 8; max 10 → 6',
    );
    const blocked = decide({ ...BASE, metrics }, 4, [20, null]);
    expect(decisionText(blocked)).toBe(
      'queue 20 / target 10 asks 2; metric 2 failed: no value; a failed metric blocks scaling down → 4',
    );
    expect(blocked.limit?.rule).toBe('max-of-metrics');
    expect(blocked.asked).toBeNull();
  });

  it('knows what stabilization holds', () => {
    const decider = new Decider(compileHpa(BASE, { minor: 36, arch: 'amd64', gates: {} }, DEFAULT_FLAGS));
    const memory = { ...newMemory(), recommendations: [{ recommendation: 7, atMs: -15_000 }] };
    const steps: DecisionStep[] = [];
    const decision = newDecision();
    const samples = [{ failed: false, total: 20_000, values: null }];
    const input = {
      nowMs: 0,
      specReplicas: 7,
      statusReplicas: 7,
      readyPods: 7,
      pods: [],
      samples,
      scaledToZero: false,
    };
    decider.decide(memory, input, decision, steps);
    expect(decisionText(recordOf(steps, 7, decision.desired))).toBe(
      'metric 20 / target 10 asks 2; highest recommendation of 300 s holds 7 → 7',
    );
  });
});

describe('a decision step by step', () => {
  it('has every step with its function and marks the limit', () => {
    const lines = decisionLines(decide(WITH_BEHAVIOR, 2, [90]));
    expect(lines.map(({ text, limit }) => `${limit ? '>' : ' '} ${text}`)).toEqual([
      '  replicas 2, min 1, max 10: compute',
      '  queue: 90 / (10 × 2 replicas) = 4.5',
      '  ratio 4.5 is outside 0.9…1.1',
      '  asks 9 (usage by target)',
      '  1 proposals, 0 failed: the largest is 9',
      '  recommendation 9, recent ones 9…9: 9',
      '  policy Pods 4 per 15 s allows 6 (2 at the start of the period, 0 added, 0 removed)',
      '  scaling up (Max): 6 allowed',
      '> 9 within 1…10: 6 (ScaleUpLimit)',
      '  replicas 2 → 6: queue above target',
    ]);
    expect(lines.every(({ upstream }) => upstream !== '')).toBe(true);
  });

  it('is plain JSON', () => {
    const record = decide(WITH_BEHAVIOR, 2, [90]);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });
});
