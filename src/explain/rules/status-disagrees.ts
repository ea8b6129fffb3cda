import type { Finding } from '../explanation.ts';
import { differencesOf } from '../differences.ts';
import type { Case } from '../recompute.ts';

/** The count that the algorithm comes to is not the one that the status holds. */
export function statusDisagrees(found: Case): readonly Finding[] {
  const count = differencesOf(found).find(({ field }) => field === 'desiredReplicas');
  if (count === undefined) return [];
  return [
    {
      id: 'status-disagrees',
      severity: 'info',
      title: `the algorithm comes to ${count.computed} replicas, the status says ${count.status}`,
      evidence: count.causes,
      upstream: [],
      fix: null,
    },
  ];
}
