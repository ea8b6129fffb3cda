import type { ClusterBackend, ClusterHandle, ComponentControl } from '../contracts/backend.ts';
import type { Clock } from '../contracts/clock.ts';
import type { ComponentSpec, ComponentStatus } from '../contracts/component.ts';
import type { IoHost } from '../contracts/events.ts';
import type { Files } from '../contracts/files.ts';
import type { HttpLoad } from '../contracts/http-load.ts';
import type { KubeClient } from '../contracts/kube-client.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import type { Processes } from '../contracts/processes.ts';
import type { QueueDriver } from '../contracts/queue.ts';

/** A lab's supervised processes as the use cases see them; see `ComponentControl` for `ensure`. */
export interface LabComponents extends ComponentControl {
  list(): readonly { readonly spec: ComponentSpec; readonly status: ComponentStatus | undefined }[];
  /** Stops one and forgets it; true when it was there. */
  remove(name: string, signal: AbortSignal): Promise<boolean>;
  /** Stops everything that belongs to the lab, the supervisor too; what still lives afterwards is `left`. */
  stopAll(): Promise<{ readonly stopped: readonly string[]; readonly left: readonly string[] }>;
}

export interface LabCertificates {
  /** The PEM file of the authority that signs them. */
  authority(cluster: ClusterHandle): string;
  /** `hosts`: names and addresses that the server is called by. */
  serving(cluster: ClusterHandle, name: string, hosts: readonly string[]): PairFiles;
  client(cluster: ClusterHandle, name: string, user: ClusterUser): PairFiles;
}

export interface PairFiles {
  readonly cert: string;
  readonly key: string;
}

/** As the API server sees the holder of a client certificate. */
export interface ClusterUser {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** A lab's queue as the commands use it. */
export type LabQueue = Pick<QueueDriver, 'publish' | 'ledger' | 'close'>;

/** What the use cases of a lab need from outside; wired in cli/container.ts. */
export interface LabPorts {
  readonly files: Files;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly io: IoHost;
  readonly signal: AbortSignal;
  /** The folder that holds all labs. */
  readonly labsDir: string;
  /** The command line, for the lock and the journal. */
  readonly command: string;
  components(labDir: string): LabComponents;
  backend(spec: LabSpec): Promise<ClusterBackend>;
  /** Raises ML-KUBE-CONFIG. */
  client(kubeconfig: string): KubeClient;
  /** A client of another server with the identity of a kubeconfig; `caFile`: who signed that server. Raises ML-KUBE-CONFIG. */
  serverClient(kubeconfig: string, server: string, caFile: string): KubeClient;
  /** POSTs a text; the answer whatever its status. Rejects when there is none. */
  post(
    url: string,
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly text: string }>;
  readonly httpLoad: HttpLoad;
  openQueue(options: { readonly spec: LabSpec; readonly url: string; readonly ledgerFile: string }): Promise<LabQueue>;
  /** A queue that only pods can reach. Raises ML-KUBE-CONFIG. */
  openPodQueue(options: {
    readonly spec: LabSpec;
    readonly kubeconfig: string;
    readonly token: string;
  }): Promise<LabQueue>;
  /** Certificates of the cluster's CA, made or kept; paths of PEM files. */
  readonly certificates: LabCertificates;
  freePort(): Promise<number>;
  isPortBusy(port: number): Promise<boolean>;
  /** What is left on the disk of a path that need not exist. */
  freeMegabytes(path: string): number;
  /** URL-safe text with that many random bytes in it. */
  randomToken(bytes: number): string;
  /** Command line of one of our own programs, e.g. `consumer`. */
  program(name: string): readonly [command: string, ...args: string[]];
  /** Environment variable PATH of the caller, to find queue servers. */
  readonly searchPath: string;
}
