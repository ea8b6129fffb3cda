import type { KubeObject } from '../../contracts/kube-client.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';

// pkg/controller/controller_utils.go, pkg/api/v1/pod/util.go

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Not over, and not on its way out. */
export function isActive(pod: KubeObject): boolean {
  return !isOver(pod) && pod.metadata.deletionTimestamp === undefined;
}

export function isOver(pod: KubeObject): boolean {
  const { phase } = statusOf(pod);
  return phase === 'Succeeded' || phase === 'Failed';
}

export function conditionOf(object: KubeObject, type: string): Fields | undefined {
  return listOf(statusOf(object)['conditions']).find((each) => each['type'] === type);
}

export function isReady(pod: KubeObject): boolean {
  return conditionOf(pod, 'Ready')?.['status'] === 'True';
}

/** Ready for so many seconds. `now` is epoch ms. */
export function isAvailable(pod: KubeObject, minReadySeconds: number, now: number): boolean {
  return isReady(pod) && availableInMs(pod, minReadySeconds, now) <= 0;
}

/** How long a ready pod still takes to count as available. */
export function availableInMs(pod: KubeObject, minReadySeconds: number, now: number): number {
  if (minReadySeconds === 0) return 0;
  const since = Date.parse(textOf(conditionOf(pod, 'Ready')?.['lastTransitionTime']));
  return Number.isNaN(since) ? 0 : since + minReadySeconds * 1000 - now;
}

export function isScheduled(pod: KubeObject): boolean {
  return textOf(specOf(pod)['nodeName']) !== '';
}

/** Restarts of the container that was restarted most. */
export function restartsOf(pod: KubeObject): number {
  return Math.max(0, ...listOf(statusOf(pod)['containerStatuses']).map((each) => numberOf(each['restartCount'])));
}

export function ownersOf({ metadata }: KubeObject): readonly OwnerReference[] {
  return metadata.ownerReferences ?? [];
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return ownersOf(object).find(({ controller }) => controller === true);
}

export function isControlledBy(object: KubeObject, { metadata }: KubeObject): boolean {
  return controllerOf(object)?.uid === metadata.uid;
}

/** metav1.NewControllerRef. */
export function controllerRef({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  const { name, uid = '' } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Labels, annotations and finalizers of a template, as a pod gets them (GetPodFromTemplate). */
export function templateMeta(template: unknown): {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
} {
  const { labels, annotations } = fieldsOf(fieldsOf(template)['metadata']);
  return {
    labels: fieldsOf(labels) as Readonly<Record<string, string>>,
    annotations: fieldsOf(annotations) as Readonly<Record<string, string>>,
  };
}

/** Counts of a status as Go writes them: zeros of fields with omitempty are not there. */
export function withoutZeros(status: Fields): Fields {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0 && value !== undefined));
}
