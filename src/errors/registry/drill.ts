import type { ErrorEntry } from '../entry.ts';

export type DrillErrorId = 'ML-DRILL-UNKNOWN' | 'ML-DRILL-LAB';

/** Drills. */
export const DRILL_ERRORS: Readonly<Record<DrillErrorId, ErrorEntry>> = {
  'ML-DRILL-UNKNOWN': {
    exit: 'not-found',
    fault: 'user',
    title: 'There is no drill "{id}"',
    why: 'name one of them, or all with --all; the nearest are: {nearest}',
    actions: ['see them with `metrics-lab drill list`'],
    retryable: false,
  },
  'ML-DRILL-LAB': {
    exit: 'precondition',
    fault: 'user',
    title: 'Lab {lab} has no metrics that can be written',
    why: 'drills write values and faults into the metrics server of a lab of the pipeline "test"',
    actions: ['make one with `metrics-lab up --lab drills --pipeline test --min 0 --sync-period 1s`'],
    retryable: false,
  },
};
