import type { ErrorEntry } from '../entry.ts';

export type LoadErrorId = 'ML-LOAD-PIPELINE' | 'ML-LOAD-TARGET' | 'ML-LOAD-GAVE-UP' | 'ML-LOAD-NO-ANSWER';

/** Loads of HTTP requests. */
export const LOAD_ERRORS: Readonly<Record<LoadErrorId, ErrorEntry>> = {
  'ML-LOAD-PIPELINE': {
    exit: 'precondition',
    fault: 'user',
    title: 'Lab "{lab}" has no web target: its pipeline is "{pipeline}"',
    why: 'Only labs of the pipeline "http" have a Service that takes requests',
    actions: [
      'make one with `metrics-lab up --lab web --pipeline http`',
      'see what there is with `metrics-lab status --lab {lab}`',
    ],
    retryable: false,
  },
  'ML-LOAD-TARGET': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The web target of lab "{lab}" cannot be reached: {reason}',
    why: '`up` has not come to its end, or the Service was deleted',
    actions: ['go on with `metrics-lab up --lab {lab}`', 'see what is wrong with `metrics-lab status --lab {lab}`'],
    retryable: true,
  },
  'ML-LOAD-GAVE-UP': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The load ended after {seconds} s: {errors} connections failed',
    why: 'nothing listens at {url}, or it breaks connections; the service proxy of the lab runs in its node',
    actions: ['see what is wrong with `metrics-lab status --lab {lab}`', 'read `metrics-lab logs node --lab {lab}`'],
    retryable: true,
  },
  'ML-LOAD-NO-ANSWER': {
    exit: 'cluster',
    fault: 'environment',
    title: 'Not one of {sent} requests was answered within {seconds} s',
    why: 'connections to {url} were taken, but nothing came back: {errors} of them failed, {timeouts} by a time-out',
    actions: ['see what is wrong with `metrics-lab status --lab {lab}`', 'read `metrics-lab logs node --lab {lab}`'],
    retryable: true,
  },
};
