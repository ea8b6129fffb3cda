import type { ErrorEntry } from '../entry.ts';

export type ExplainErrorId = 'ML-EXPLAIN-NO-HPA' | 'ML-EXPLAIN-BUNDLE' | 'ML-EXPLAIN-FORBIDDEN';

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
  'ML-EXPLAIN-FORBIDDEN': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The HorizontalPodAutoscalers of {where} may not be read ({code})',
    why: '{message}',
    actions: [
      'ask for {rule}',
      'name a namespace that you may read with -n, or one HPA by its name',
      'use another user with --context or --kubeconfig',
    ],
    retryable: false,
  },
  'ML-EXPLAIN-BUNDLE': {
    exit: 'usage',
    fault: 'user',
    title: '{path} is no evidence bundle',
    why: '{reason}',
    actions: ['record the bundle again; one that was cut off or is of a newer version cannot be explained'],
    retryable: false,
  },
};
