import type { KubeObject } from '../../../contracts/kube-client.ts';
import { fieldsOf, numberOf } from '../../kinds/fields.ts';
import { specOf, statusOf } from '../../kinds/workload.ts';

// pkg/controller/deployment/util/deployment_util.go

export const replicasOf = (object: KubeObject): number => numberOf(specOf(object)['replicas']);
export const availableOf = (object: KubeObject): number => numberOf(statusOf(object)['availableReplicas']);
export const totalOf = (sets: readonly KubeObject[], read: (set: KubeObject) => number = replicasOf): number =>
  sets.reduce((sum, set) => sum + read(set), 0);

export function isRolling(deployment: KubeObject): boolean {
  return fieldsOf(specOf(deployment)['strategy'])['type'] !== 'Recreate';
}

/** How many pods above and below the wanted number a rolling update may have (ResolveFenceposts). */
function fenceposts(deployment: KubeObject): { readonly surge: number; readonly unavailable: number } {
  const { maxSurge, maxUnavailable } = fieldsOf(fieldsOf(specOf(deployment)['strategy'])['rollingUpdate']);
  const desired = replicasOf(deployment);
  const surge = scaled(maxSurge, desired, Math.ceil);
  const unavailable = scaled(maxUnavailable, desired, Math.floor);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function scaled(value: unknown, of: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? round((of * Number.parseInt(value, 10)) / 100) : 0;
}

export function maxSurge(deployment: KubeObject): number {
  return isRolling(deployment) ? fenceposts(deployment).surge : 0;
}

export function maxUnavailable(deployment: KubeObject): number {
  const desired = replicasOf(deployment);
  if (!isRolling(deployment) || desired === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, desired);
}

/** NewRSNewReplicas: how far the new replica set may grow. */
export function newReplicas(deployment: KubeObject, sets: readonly KubeObject[], own: number): number {
  const desired = replicasOf(deployment);
  if (!isRolling(deployment)) return desired;
  const room = desired + maxSurge(deployment) - totalOf(sets);
  return room <= 0 ? own : own + Math.min(room, desired - own);
}
