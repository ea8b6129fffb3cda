/** What the controller reads of a pod. Times in milliseconds since 1970, quantities as texts. */
export interface PodView {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** metadata.deletionTimestamp is set. */
  readonly deleted: boolean;
  readonly phase: string;
  readonly startMs: number | null;
  /** Condition Ready; null when there is none. */
  readonly ready: { readonly status: string; readonly transitionMs: number } | null;
  readonly containers: readonly ContainerView[];
  readonly initContainers: readonly ContainerView[];
  /** spec.resources.requests (pod level); null when absent. */
  readonly podRequests: Requests | null;
  readonly overhead: Requests | null;
}

export type Requests = Readonly<Record<string, string>>;

export interface ContainerView {
  readonly name: string;
  /** restartPolicy Always of an init container: a sidecar. */
  readonly restartable: boolean;
  readonly requests: Requests;
}

/** Whether the pod counts for Value targets. Upstream: replica_calculator.go getReadyPodsCount. */
function isRunningAndReady(pod: PodView): boolean {
  return pod.phase === 'Running' && pod.ready !== null && pod.ready.status === 'True';
}

/** Pods that run and are ready; -1 when the list is empty, which is an error where the count is needed. */
export function readyPodsCount(pods: readonly PodView[]): number {
  if (pods.length === 0) return -1;
  let count = 0;
  for (const pod of pods) if (isRunningAndReady(pod)) count += 1;
  return count;
}
