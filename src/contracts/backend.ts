import type { ComponentSpec } from './component.ts';
import type { IoHost } from './events.ts';

export type BackendName = 'embedded' | 'native' | 'kind' | 'minikube' | 'context';

/** Backends whose pods are processes of this machine; those of the others are containers. */
export const PROCESS_BACKENDS: readonly BackendName[] = ['embedded', 'native'];

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
  /** Image of the nodes, for backends that make them of images. */
  readonly nodeImage?: string;
  /** What minikube makes its machine with. */
  readonly driver?: string;
  /** Contexts that may be used although their server is not on this machine. */
  readonly allowedContexts?: readonly string[];
  /** How many; default one. */
  readonly nodes?: number;
  readonly syncPeriodSeconds: number;
  /** 0 = choose a free one. */
  readonly apiPort: number;
  /** Controllers that do not run, as `--disable-controller` names them. */
  readonly disabledControllers?: readonly string[];
  readonly nodeCapacity: { readonly cpu: string; readonly memory: string; readonly pods: number };
}

/** As whoever watches the nodes gets it; nothing where its own default holds. */
export function nodeGrace({ nodes = 1 }: ClusterSpec): { readonly nodeGraceSeconds?: number } {
  // A lab shows in seconds what takes a minute elsewhere; one node alone has nobody to take over from it.
  return nodes > 1 ? { nodeGraceSeconds: 20 } : {};
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
  /** Container backends only: brings images to where pods start from. Idempotent. */
  readonly images?: ClusterImages;
  /** Copies what the cluster's machines know of themselves into a folder (for `export logs`, and before a failed lab is removed). */
  collectLogs?(spec: ClusterSpec, folder: string): Promise<void>;
}

/** Where the pods of a container backend get their images. */
export interface ClusterImages {
  /** The image of the lab's programs: `named`, else one built from this installation. Resolves to its name. */
  programs(spec: ClusterSpec, named: string | undefined, context: BackendContext): Promise<ProvidedImage>;
  /** Images of others that are on this machine need not be pulled by the nodes; those that are not are left to them. */
  others(spec: ClusterSpec, images: readonly string[], context: BackendContext): Promise<{ readonly changed: boolean }>;
}

export interface ProvidedImage {
  readonly image: string;
  readonly changed: boolean;
  /** For the user: its size and where it came from. */
  readonly detail: string;
}
