import type { ErrorEntry } from '../entry.ts';

export type NodeErrorId = 'ML-NODE-CONFIG' | 'ML-NODE-LISTEN';

/** The process node. */
export const NODE_ERRORS: Readonly<Record<NodeErrorId, ErrorEntry>> = {
  'ML-NODE-CONFIG': {
    exit: 'usage',
    fault: 'lab',
    title: 'The configuration of the process node cannot be used: {path}',
    why: '{reason}',
    actions: ['let the lab write it anew with `metrics-lab up`'],
    retryable: false,
  },
  'ML-NODE-LISTEN': {
    exit: 'conflict',
    fault: 'environment',
    title: 'The process node cannot serve {what} on port {port}',
    why: '{reason}',
    actions: ['end what listens there, or let the lab choose another port with `metrics-lab up`'],
    retryable: true,
  },
};
