import type { ErrorEntry } from '../entry.ts';

export type WatchErrorId = 'ML-USAGE-UNTIL' | 'ML-WATCH-NO-HPA' | 'ML-WATCH-TIMEOUT';

/** Watching an HPA. */
export const WATCH_ERRORS: Readonly<Record<WatchErrorId, ErrorEntry>> = {
  'ML-USAGE-UNTIL': {
    exit: 'usage',
    fault: 'user',
    title: 'The condition "{text}" cannot be understood: {reason}',
    why: 'a condition is <field><operator><number>; fields: {fields}; operators: {operators}',
    actions: ["for example `metrics-lab watch hpa --until 'desired==5'`"],
    retryable: false,
  },
  'ML-WATCH-NO-HPA': {
    exit: 'not-found',
    fault: 'user',
    title: 'There is no HorizontalPodAutoscaler "{name}" in namespace {namespace}',
    why: '{others}',
    actions: ['watch all of the namespace with `metrics-lab watch hpa`'],
    retryable: false,
  },
  'ML-WATCH-TIMEOUT': {
    exit: 'timeout',
    fault: 'environment',
    title: '{condition} did not become true {span}',
    why: 'now {values}',
    actions: ['see why with `metrics-lab explain hpa`'],
    retryable: true,
  },
};
