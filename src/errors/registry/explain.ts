import type { ErrorEntry } from '../entry.ts';

export type ExplainErrorId = 'ML-EXPLAIN-NO-HPA';

/** Explaining an HPA. */
export const EXPLAIN_ERRORS: Readonly<Record<ExplainErrorId, ErrorEntry>> = {
  'ML-EXPLAIN-NO-HPA': {
    exit: 'not-found',
    fault: 'user',
    title: 'There is no HorizontalPodAutoscaler "{name}" in namespace {namespace}',
    why: '{others}',
    actions: ['explain all of the namespace with `metrics-lab explain hpa`', 'name another namespace with -n'],
    retryable: false,
  },
};
