/** A Kubernetes object as it travels. Everything beyond metadata is foreign: parse it with zod where it is used. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
  readonly [field: string]: unknown;
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly signal?: AbortSignal;
  /** Default 30 s; the whole answer must be there by then. */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface KubeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

/** A client of one Kubernetes API server. `path` is absolute, e.g. `/api/v1/namespaces/x/pods`. */
export interface KubeClient {
  readonly server: string;
  /** The answer whatever its status. Raises ML-KUBE-UNREACHABLE only. `body` is sent as JSON. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<KubeResponse>;
  /** The parsed JSON body of a 2xx answer. Raises ML-KUBE-STATUS (params: code, reason, message) for anything else. */
  json(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<unknown>;
  /** As `json` for GET, but a 404 is `undefined`. */
  find(path: string, options?: RequestOptions): Promise<unknown>;
  patch(path: string, type: PatchType, body: unknown, options?: RequestOptions): Promise<unknown>;
  /** One watch request until the server closes it, the signal aborts (returns quietly) or the connection breaks (raises ML-KUBE-UNREACHABLE). */
  watch(path: string, options: RequestOptions & { readonly signal: AbortSignal }): AsyncIterable<WatchEvent>;
  /** A raw byte stream (logs -f). Raises ML-KUBE-STATUS when the answer is not 2xx. */
  stream(path: string, options: RequestOptions & { readonly signal: AbortSignal }): AsyncIterable<Uint8Array>;
  close(): void;
}

/** A store kept up to date by list and watch. */
export interface ListWatch<T> {
  /** Resolves when the first list has arrived. */
  readonly synced: Promise<void>;
  items(): readonly T[];
  get(namespace: string | undefined, name: string): T | undefined;
  /** Epoch ms since which the store may be stale (the watch is down), or undefined. */
  readonly staleSince: number | undefined;
  /** Called after every change; the argument is undefined when a whole new list arrived. */
  onChange(listener: (change: { readonly type: 'set' | 'delete'; readonly object: T } | undefined) => void): void;
  stop(): void;
}
