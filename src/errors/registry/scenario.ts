import type { ErrorEntry } from '../entry.ts';

export type ScenarioErrorId = 'ML-SCENARIO-INVALID' | 'ML-SCENARIO-NOT-FOUND';

/** Scenario files. */
export const SCENARIO_ERRORS: Readonly<Record<ScenarioErrorId, ErrorEntry>> = {
  'ML-SCENARIO-INVALID': {
    exit: 'usage',
    fault: 'user',
    title: 'The scenario {file} cannot be used',
    why: '{problems}',
    actions: ['compare it with one that works: `metrics-lab scenario show first-scale`'],
    retryable: false,
  },
  'ML-SCENARIO-NOT-FOUND': {
    exit: 'not-found',
    fault: 'user',
    title: 'There is no scenario "{name}", and no file of that name',
    why: 'the nearest ones are: {nearest}',
    actions: ['see all with `metrics-lab scenario list`'],
    retryable: false,
  },
};
