/** What the node knows of one container. Times are epoch milliseconds. */
export interface Terminated {
  readonly kind: 'terminated';
  readonly exitCode: number;
  /** Signal number, when a signal ended it. */
  readonly signal?: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt?: number;
  readonly finishedAt: number;
  readonly containerID?: string;
}

export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly startedAt: number }
  | Terminated;

export interface ContainerView {
  readonly name: string;
  readonly init: boolean;
  readonly image: string;
  readonly state: ContainerState;
  readonly last?: Terminated;
  readonly restartCount: number;
  /** The start-up probe has passed, or there is none. */
  readonly started: boolean;
  /** Running, started and the readiness probe passes, or there is none. */
  readonly ready: boolean;
  readonly containerID?: string;
}

/** Everything that a pod's status is computed from, besides the pod itself. */
export interface PodRuntime {
  readonly containers: readonly ContainerView[];
  readonly ip?: string;
  /** When the node accepted it, epoch ms. */
  readonly startTime: number;
  /** The pod was refused or is over for a reason of its own; then its phase is Failed. */
  readonly failed?: { readonly reason: string; readonly message: string };
  /** All its processes are gone and none will be started. */
  readonly over: boolean;
}

/** RFC 3339 with whole seconds, as metav1.Time. */
export function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
