import type { KubeObject } from '../../../contracts/kube-client.ts';
import { timeText } from '../../api/objects.ts';
import { type Fields, listOf, textOf } from '../../kinds/fields.ts';
import { specOf } from '../../kinds/workload.ts';

/** A deployment without this number never counts as stuck (HasProgressDeadline). */
const NO_DEADLINE = 2_147_483_647;

export type Status = Fields;

export interface Cause {
  readonly type: 'Available' | 'Progressing' | 'ReplicaFailure';
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function hasDeadline(deployment: KubeObject): boolean {
  const deadline = specOf(deployment)['progressDeadlineSeconds'];
  return typeof deadline === 'number' && deadline !== NO_DEADLINE;
}

export function condition(status: Status, type: string): Fields | undefined {
  return listOf(status['conditions']).find((each) => each['type'] === type);
}

export function withoutCondition(status: Status, type: string): Status {
  const rest = listOf(status['conditions']).filter((each) => each['type'] !== type);
  const { conditions: _, ...others } = status;
  return rest.length === 0 ? others : { ...others, conditions: rest };
}

/** SetDeploymentCondition: the same status and reason stays as it is, the same status keeps its transition time. */
export function withCondition(status: Status, { type, status: value, reason, message }: Cause, now: number): Status {
  const present = condition(status, type);
  if (present !== undefined && present['status'] === value && present['reason'] === reason) return status;
  const at = timeText(now);
  const lastTransitionTime = present?.['status'] === value ? textOf(present['lastTransitionTime']) : at;
  const made = { type, status: value, lastUpdateTime: at, lastTransitionTime, reason, message };
  const cleared = withoutCondition(status, type);
  return { ...cleared, conditions: [...listOf(cleared['conditions']), made] };
}
