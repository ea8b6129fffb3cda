import type { ComponentSpec } from './component.ts';
import type { IoHost } from './events.ts';

export type BackendName = 'embedded' | 'native' | 'kind' | 'minikube' | 'context';

/** Whether a backend can be used here; every reason why not, each with its fix (kwok's `Available`). */
export type Availability =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly reasons: readonly { readonly why: string; readonly fix: string }[] };

/** What a backend needs to know to make a cluster. Durations in seconds. */
export interface ClusterSpec {
  readonly lab: string;
  /** The lab's own folder (state); everything the cluster writes is below it. */
  readonly labDir: string;
  readonly kubernetesVersion?: string;
  readonly binDir?: string;
  readonly syncPeriodSeconds: number;
  /** 0 = choose a free one. */
  readonly apiPort: number;
  /** Controllers that do not run, as `--disable-controller` names them. */
  readonly disabledControllers?: readonly string[];
  readonly nodeCapacity: { readonly cpu: string; readonly memory: string; readonly pods: number };
}

export interface ClusterHandle {
  readonly backend: BackendName;
  readonly kubeconfig: string;
  readonly context: string;
  readonly server: string;
  readonly kubernetesVersion: string;
  readonly architecture: 'amd64' | 'arm64';
  /** `processes`: the process node runs pods as children, and lab programs run as supervised components. */
  readonly podsRunAs: 'processes' | 'containers';
  readonly scaleToZero: boolean;
  readonly pki?: {
    readonly caCert: string;
    readonly caKey: string;
    readonly frontProxyCert: string;
    readonly frontProxyKey: string;
  };
}

/** The lab's supervised processes, as a backend and `up` use them. */
export interface ComponentControl {
  /** Declares the component and resolves when it is healthy. Raises ML-COMPONENT-UNHEALTHY (exit 6) with the log's tail. */
  ensure(spec: ComponentSpec, options: EnsureOptions): Promise<{ readonly changed: boolean }>;
  /** Stops one and forgets it; resolves when its process is gone. True when it was there. */
  remove(name: string, signal?: AbortSignal): Promise<boolean>;
}

export interface EnsureOptions {
  readonly timeoutMs: number;
  /** Told every 10 s what is being waited for. */
  readonly onWaiting?: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface BackendContext {
  readonly io: IoHost;
  readonly components: ComponentControl;
  readonly signal: AbortSignal;
  /** Step id under which the backend reports progress. */
  readonly step: string;
}

export interface ClusterBackend {
  readonly name: BackendName;
  available(spec: ClusterSpec): Promise<Availability>;
  /** Makes what is missing and leaves what is right; may be called again after any interruption. */
  create(
    spec: ClusterSpec,
    context: BackendContext,
  ): Promise<{ readonly handle: ClusterHandle; readonly changed: boolean }>;
  /** Removes what lives outside the lab's folder and is not a supervised component (containers, contexts); idempotent. */
  remove(spec: ClusterSpec): Promise<readonly string[]>;
}
