import type { ErrorEntry } from '../entry.ts';

export type ClusterErrorId = 'ML-SUPERVISOR-DIED';

/** Backends, their tools, and the supervisor of a lab's processes. */
export const CLUSTER_ERRORS: Readonly<Record<ClusterErrorId, ErrorEntry>> = {
  'ML-SUPERVISOR-DIED': {
    exit: 'precondition',
    fault: 'environment',
    title: "The supervisor of the lab's processes ended at once",
    why: '{reason}',
    actions: ['see what its log says, put that right, and run `metrics-lab up` again'],
    retryable: true,
  },
};
