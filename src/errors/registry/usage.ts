import type { ErrorEntry } from '../entry.ts';

export type UsageErrorId = 'ML-INTERNAL' | 'ML-USAGE';

/** What the user typed, and our own bugs. */
export const USAGE_ERRORS: Readonly<Record<UsageErrorId, ErrorEntry>> = {
  'ML-INTERNAL': {
    exit: 'internal',
    fault: 'lab',
    title: 'This is a bug in metrics-lab: {text}',
    why: 'the program met a state that it does not know',
    actions: ['run the command again with -vv and report what it prints'],
    retryable: false,
  },
  'ML-USAGE': {
    exit: 'usage',
    fault: 'user',
    title: '{problem}',
    why: 'the command line could not be understood',
    actions: ['see `metrics-lab --help`'],
    retryable: false,
  },
};
