import { describe, expect, it } from 'vitest';
import type { HpaSpec } from '../../../src/hpa/api/types.ts';
import { seededRandom } from '../../../src/simulate/random.ts';
import { type Candidate, candidateOf, specOf, targetText } from '../../../src/simulate/tune/candidate.ts';
import { pareto, search, type Trial } from '../../../src/simulate/tune/search.ts';

const SPEC: HpaSpec = {
  scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
  minReplicas: 1,
  maxReplicas: 10,
  metrics: [
    { type: 'External', external: { metric: { name: 'q' }, target: { type: 'AverageValue', averageValue: '2500m' } } },
  ],
};
const START: Candidate = {
  target: 2500,
  min: 1,
  max: 10,
  scaleDownWindowSeconds: 300,
  upPercent: 100,
  upPods: 4,
};

describe('a candidate', () => {
  it('comes from a spec, defaults included, and goes back into it', () => {
    expect(candidateOf(SPEC)).toEqual(START);
    const tuned = specOf(SPEC, { ...START, target: 4000, max: 7, scaleDownWindowSeconds: 60 });
    expect(candidateOf(tuned)).toEqual({ ...START, target: 4000, max: 7, scaleDownWindowSeconds: 60 });
    expect(tuned.metrics?.[0]?.external?.target).toEqual({ type: 'AverageValue', averageValue: '4' });
    expect(targetText(SPEC, 2250)).toBe('2250m');
  });

  it('of a utilization is in percent; several metrics cannot be turned', () => {
    const cpu = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
    };
    expect(candidateOf({ ...SPEC, metrics: [cpu] })?.target).toBe(60);
    expect(targetText({ ...SPEC, metrics: [cpu] }, 45)).toBe('45%');
    expect(candidateOf({ ...SPEC, metrics: [cpu, cpu] })).toBeUndefined();
  });
});

describe('the search', () => {
  /** Waits shrink with replicas, cost grows with them; 30 s are asked for. */
  const run = async (candidate: Candidate): Promise<Trial> => {
    const wait = 600 / candidate.max;
    return { candidate, failed: wait < 30 ? 0 : 1, cost: candidate.max * 100 + candidate.min, wait };
  };
  const options = (budget: number) => ({ start: START, budget, zero: false, run, random: seededRandom(1, 'tune') });

  it('finds the cheapest candidate that meets everything, within its budget, the same one each time', async () => {
    const trials = await search(options(200));
    expect(trials.length).toBeLessThanOrEqual(200);
    expect(trials[0]?.candidate).toEqual(START);
    const best = pareto(trials)[0];
    expect(best).toMatchObject({ failed: 0, candidate: { max: 21, min: 1 } });
    expect(await search(options(200))).toEqual(trials);
  });

  it('runs no candidate twice and never leaves the bounds', async () => {
    const trials = await search(options(300));
    expect(new Set(trials.map(({ candidate }) => JSON.stringify(candidate))).size).toBe(trials.length);
    for (const { candidate } of trials) {
      expect(candidate.min).toBeGreaterThanOrEqual(1);
      expect(candidate.max).toBeGreaterThanOrEqual(candidate.min);
      expect(candidate.target).toBeGreaterThanOrEqual(1);
    }
  });

  it('the Pareto set rises in cost and falls in wait, and holds nothing that fails', async () => {
    const set = pareto(await search(options(300)));
    for (const [at, trial] of set.entries()) {
      const next = set[at + 1];
      expect(trial.failed).toBe(0);
      if (next !== undefined) expect(next.cost > trial.cost && next.wait < trial.wait).toBe(true);
    }
  });
});
