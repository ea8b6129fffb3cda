import type { BackendName } from './backend.ts';
import type { PipelineName } from './pipelines.ts';

export type QueueKind = 'redis' | 'redis-stream' | 'beanstalkd';

/** Everything that `up` makes, resolved from flags, environment, files and defaults. Durations carry their unit in the name. */
export interface LabSpec {
  readonly lab: string;
  readonly backend: BackendName;
  readonly namespace: string;
  /** What feeds the HPA. */
  readonly pipeline: PipelineName;
  readonly kubernetesVersion?: string;
  readonly binDir?: string;
  /** Image of the nodes (kind). */
  readonly nodeImage?: string;
  /** What minikube makes its machine with, e.g. docker, kvm2. */
  readonly driver?: string;
  /** Contexts of the user's kubeconfig that a lab may be put into although they are not on this machine. */
  readonly allowedContexts?: readonly string[];
  /** Image with the lab's programs; without it the lab builds one (kind, minikube). */
  readonly programImage?: string;
  readonly syncPeriodSeconds: number;
  readonly hpa: {
    readonly min: number;
    readonly max: number;
    /** The HPA's target, a Kubernetes quantity: items per pod with a queue, see the pipelines for others. */
    readonly target: string;
    readonly scaleDownWindowSeconds: number;
  };
  readonly queue: {
    readonly kind: QueueKind;
    readonly name: string;
    /** A server that is not the lab's own. May hold a password: masked wherever it is shown. */
    readonly url?: string;
  };
  readonly consumer: {
    readonly serviceTimeMs: number;
    readonly startDelayMs: number;
    /** Share of items whose work fails, 0 to 1. */
    readonly failureRate: number;
    readonly maxAttempts: number;
    /** What a pod is given to end, 6 or more; without it the time of one item and 10 s, at most 120. */
    readonly graceSeconds?: number;
  };
  /** How many nodes; default one. */
  readonly nodes?: number;
  /** 0 = chosen free. */
  readonly apiPort: number;
  /** The cluster alone: no node, queue, metrics server, workload and HPA. */
  readonly bare?: boolean;
  /** Controllers that do not run; `all` = none does. */
  readonly disabledControllers?: readonly string[];
  readonly node: { readonly cpu: string; readonly memory: string; readonly pods: number };
  /** Programs of the user's lab file: image name → command line. */
  readonly images: Readonly<Record<string, readonly string[]>>;
}
