import type { PodObject } from '../hpa/index.ts';

// The shared evidence format: what was read of a namespace at one moment, as the servers answered it. Objects keep every field;
// only what the rules read is checked.

/** An object of which the rules read only what is named here. */
export interface BundleObject {
  readonly metadata: BundleMeta;
}
export interface BundleMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly creationTimestamp?: string | null;
  readonly deletionTimestamp?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[];
  readonly managedFields: readonly ManagedFields[];
}
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}
export interface BundleCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
}
export interface BundlePod extends PodObject {
  readonly metadata: BundleMeta;
  readonly status?: Omit<NonNullable<PodObject['status']>, 'conditions'> & {
    readonly conditions?: readonly BundleCondition[];
  };
}
/** events.k8s.io/v1 */
export interface BundleEvent {
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string };
  readonly eventTime?: string | null;
  readonly deprecatedFirstTimestamp?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
  readonly deprecatedCount?: number;
  readonly series?: { readonly count: number; readonly lastObservedTime?: string | null } | null;
}
/** A request that was refused. */
export interface Refusal {
  readonly error: { readonly status: number; readonly message: string };
}
export interface BundleScale {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly replicas: number; readonly selector: string };
}
export interface BundleApiService {
  readonly metadata: BundleMeta;
  readonly spec: { readonly group: string; readonly version: string };
  readonly status: { readonly conditions: readonly BundleCondition[] };
}
export interface BundleAnswer {
  readonly status: number;
  readonly ms: number;
  /** A text when the answer was not JSON. */
  readonly body?: unknown;
}
export interface BundleSample {
  readonly t: string;
  readonly hpa: string;
  readonly status: Readonly<Record<string, unknown>>;
  readonly scale: { readonly specReplicas: number; readonly statusReplicas: number } | { readonly error: unknown };
}
/** GET /version. */
export interface BundleVersion {
  readonly gitVersion: string;
  readonly minor: string;
  /** `linux/amd64`; empty when the server does not say. */
  readonly platform: string;
}
export interface BundleNode {
  readonly status: { readonly nodeInfo: { readonly architecture: string } };
}
/** A rule of a Role that would let the recorder read what it could not. */
export interface AccessRule {
  readonly apiGroup: string;
  readonly resource: string;
  readonly verb: string;
  /** null = a ClusterRole is needed. */
  readonly namespace: string | null;
}
/** Something that the recorder could not read: what is said of it is unknown, not absent. */
export interface Unread {
  /** As in "cannot list pods". */
  readonly what: string;
  readonly path: string;
  /** What alone it is about: Kind/name of a target, or the path of a metric. Absent = all of the namespace. */
  readonly of?: string;
  /** HTTP status; null = no answer in time. */
  readonly status: number | null;
  readonly message: string;
  /** null = no right would help. */
  readonly rule: AccessRule | null;
}
/** Why something was not read, in short: `403`, or what was said. */
export const because = ({ status, message }: Unread): string =>
  status === 401 || status === 403 ? String(status) : message;

/** The right as it stands in a role. */
export function ruleText({ apiGroup, resource, verb, namespace }: AccessRule): string {
  const where = namespace === null ? 'a ClusterRole' : `a Role in namespace ${namespace}`;
  return `${where} with {apiGroups: ["${apiGroup}"], resources: ["${resource}"], verbs: ["${verb}"]}`;
}

/** keda.sh/v1alpha1 ScaledObject. */
export interface BundleScaledObject {
  readonly metadata: BundleMeta;
  readonly spec: {
    readonly cooldownPeriod?: number;
    readonly minReplicaCount?: number;
    readonly scaleTargetRef: { readonly kind?: string; readonly name: string };
  };
  readonly status: {
    readonly hpaName?: string;
    readonly lastActiveTime?: string | null;
    readonly conditions: readonly BundleCondition[];
  };
}
export interface BundleEvidence {
  readonly version?: BundleVersion;
  /** null: only the v1 view was read. */
  readonly hpas: readonly Readonly<Record<string, unknown>>[] | null;
  readonly hpasV1: readonly Readonly<Record<string, unknown>>[];
  readonly scale: Readonly<Record<string, Refusal | BundleScale>>;
  readonly target: Readonly<Record<string, Refusal | BundleObject>>;
  readonly replicaSets: readonly BundleObject[];
  /** null: could not be read. */
  readonly pods: readonly BundlePod[] | null;
  readonly nodes: readonly BundleNode[];
  readonly events: readonly BundleEvent[];
  readonly apiServices: readonly BundleApiService[];
  readonly metricAnswers: Readonly<Record<string, BundleAnswer>>;
  readonly scaledObjects: readonly BundleScaledObject[];
  readonly syncPeriodSeconds: number;
  readonly unread: readonly Unread[];
  readonly series?: readonly BundleSample[];
  readonly adapterRequests?: readonly { readonly t: string; readonly path: string }[];
}
export interface Bundle {
  /** '' = not known. */
  readonly kubernetesVersion: string;
  readonly arch: 'amd64' | 'arm64';
  /** RFC 3339: "now" of everything below. */
  readonly recordedAt: string;
  readonly evidence: BundleEvidence;
}
