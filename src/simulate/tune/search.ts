import type { Candidate } from './candidate.ts';

/** What one candidate's run came to. */
export interface Trial {
  readonly candidate: Candidate;
  /** Expectations that failed. */
  readonly failed: number;
  /** Replica-seconds. */
  readonly cost: number;
  /** p95 of the queue wait in seconds; 0 where there is no queue. */
  readonly wait: number;
}

export interface SearchOptions {
  readonly start: Candidate;
  /** Runs at most. */
  readonly budget: number;
  /** Whether a minimum of 0 may be tried. */
  readonly zero: boolean;
  readonly run: (candidate: Candidate) => Promise<Trial>;
  readonly random: () => number;
}

const FACTORS: readonly number[] = [0.25, 0.5, 0.75, 1.5, 2, 3, 4];
const WINDOWS: readonly number[] = [0, 30, 60, 120, 300, 600];
const UP: readonly Pick<Candidate, 'upPercent' | 'upPods'>[] = [
  { upPercent: 100, upPods: 4 },
  { upPercent: 100, upPods: 10 },
  { upPercent: 200, upPods: 10 },
  { upPercent: 400, upPods: 20 },
  { upPercent: 0, upPods: 2 },
];

/**
 * Looks for the cheapest candidate that meets every expectation: from the given numbers one turn at a time to the best
 * neighbour, then from random points again, until the budget is spent. Each candidate is run once. Resolves to all trials in
 * the order of their runs; the same input gives the same trials.
 */
export async function search(options: SearchOptions): Promise<readonly Trial[]> {
  const trials = new Map<string, Trial>();
  const attempt = async (candidate: Candidate): Promise<Trial | undefined> => {
    const key = JSON.stringify(candidate);
    const known = trials.get(key);
    if (known !== undefined) return known;
    if (trials.size >= options.budget) return undefined;
    const trial = await options.run(candidate);
    trials.set(key, trial);
    return trial;
  };
  let from: Candidate = options.start;
  while (trials.size < options.budget) {
    const before = trials.size;
    await climb(from, options, attempt);
    from = scattered(options);
    // A small space is exhausted before the budget is.
    if (trials.size === before && (await attempt(from)) === undefined) break;
    if (trials.size === before) break;
  }
  return [...trials.values()];
}

async function climb(
  start: Candidate,
  options: SearchOptions,
  attempt: (candidate: Candidate) => Promise<Trial | undefined>,
): Promise<void> {
  let best = await attempt(start);
  while (best !== undefined) {
    let better: Trial | undefined;
    for (const neighbour of neighbours(best.candidate, options)) {
      const trial = await attempt(neighbour);
      if (trial === undefined) return;
      if (isBetter(trial, better ?? best)) better = trial;
    }
    if (better === undefined) return;
    best = better;
  }
}

/** Fewer broken expectations; while some are broken, shorter waits; when all are met, lower cost. */
export function isBetter(a: Trial, b: Trial): boolean {
  if (a.failed !== b.failed) return a.failed < b.failed;
  if (a.failed > 0 && a.wait !== b.wait) return a.wait < b.wait;
  if (a.cost !== b.cost) return a.cost < b.cost;
  return a.wait < b.wait;
}

/** The trials that no other one beats in cost and wait at once, among those that meet all expectations; cheapest first. */
export function pareto(trials: readonly Trial[]): readonly Trial[] {
  const good = trials.filter(({ failed }) => failed === 0).sort((a, b) => a.cost - b.cost || a.wait - b.wait);
  let shortest = Number.POSITIVE_INFINITY;
  return good.filter(({ wait }) => {
    if (wait >= shortest) return false;
    shortest = wait;
    return true;
  });
}

function neighbours(at: Candidate, { zero }: SearchOptions): readonly Candidate[] {
  const targets = FACTORS.map((factor) => Math.max(1, Math.round(at.target * factor)));
  const mins = [at.min - 1, at.min + 1, at.min + 3, Math.floor(at.min / 2)];
  const maxes = [at.max - 1, Math.ceil(at.max / 2), at.max + 1, Math.ceil(at.max * 1.5), at.max * 2];
  return [
    ...targets.map((target) => ({ ...at, target })),
    ...mins.map((min) => ({ ...at, min })),
    ...maxes.map((max) => ({ ...at, max })),
    ...WINDOWS.map((scaleDownWindowSeconds) => ({ ...at, scaleDownWindowSeconds })),
    ...UP.map((up) => ({ ...at, ...up })),
  ].filter(({ min, max }) => min >= (zero ? 0 : 1) && max >= Math.max(min, 1));
}

function scattered({ start, random, zero }: SearchOptions): Candidate {
  const pick = <T>(list: readonly T[], fallback: T): T => list[Math.floor(random() * list.length)] ?? fallback;
  const max = Math.max(1, Math.round(start.max * pick([0.5, 1, 1.5, 2, 3], 1)));
  const up = pick(UP, UP[0] ?? { upPercent: 100, upPods: 4 });
  return {
    target: Math.max(1, Math.round(start.target * pick([0.25, 0.5, 1, 2, 4], 1))),
    min: Math.min(max, Math.max(zero ? 0 : 1, Math.round(start.min * pick([0, 1, 2, 4], 1)))),
    max,
    scaleDownWindowSeconds: pick(WINDOWS, 300),
    ...up,
  };
}
