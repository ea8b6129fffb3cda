import type { IncomingMessage } from 'node:http';

/** Who asks, as upstream's user.Info. */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** What is asked for: a resource of an API group, or a plain path such as `/metrics`. */
export type RequestAttributes =
  | {
      readonly kind: 'resource';
      readonly verb: string;
      readonly group: string;
      readonly version: string;
      readonly namespace?: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly name?: string;
    }
  | { readonly kind: 'path'; readonly verb: string; readonly path: string };

/** A `Status` object of kind Failure as Kubernetes sends it; `code` is also the HTTP status. */
export interface FailureStatus {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code: number;
}

export type Authentication =
  | { readonly ok: true; readonly user: UserInfo }
  /** 401, or 503 while the cluster's authentication configuration could not be read yet. `cause` is for the log only. */
  | { readonly ok: false; readonly status: FailureStatus; readonly cause: string };

export type Authorization =
  | { readonly ok: true }
  /** 403, or 500 when the cluster could not be asked. */
  | { readonly ok: false; readonly status: FailureStatus };

export type Admission =
  | { readonly ok: true; readonly user: UserInfo }
  | { readonly ok: false; readonly user?: UserInfo; readonly status: FailureStatus };

/**
 * Authentication and authorization delegated to the cluster, as upstream's aggregated API servers do it
 * (k8s.io/apiserver pkg/server/options authentication.go, authorization.go).
 */
export interface DelegatedAuth {
  /** Resolves when the cluster's configuration was read for the first time; it is tried again until then. */
  readonly ready: Promise<void>;
  /** Why certificates cannot be judged yet, or undefined when they can. */
  readonly notReady: string | undefined;
  /** The request must come from a server made with `aggregatedTlsOptions`. Never rejects. */
  authenticate(request: IncomingMessage): Promise<Authentication>;
  /** Health paths and system:masters always pass; the rest asks a SubjectAccessReview (cached 10 s). Never rejects. */
  authorize(user: UserInfo, attributes: RequestAttributes): Promise<Authorization>;
  /** Both, in this order. */
  admit(request: IncomingMessage, attributes: RequestAttributes): Promise<Admission>;
  stop(): void;
}
