import type { KubeObject } from '../../contracts/kube-client.ts';
import type { FieldError } from '../../hpa/api/field-error.ts';
import type { StructType } from '../schema/type.ts';
import type { UserInfo } from '../../kube/aggregated-auth/types.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** A column of `kubectl get` (apimachinery TableColumnDefinition). */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  /** 0 = always shown, 1 = with -o wide. */
  readonly priority?: number;
  readonly description: string;
  /** The cell; times as relative ages. `now` is epoch ms. */
  readonly cell: (object: KubeObject, now: number) => string | number | boolean | null;
}

/** One version of a kind on the wire. */
export interface KindVersion {
  readonly version: string;
  readonly type: StructType;
  /** What server-side apply goes by, where it is not `type` (custom resources, whose `type` leaves the body open). */
  readonly applyType?: StructType;
  /** OpenAPI schema, where the type does not say it all (custom resources). */
  readonly openApi?: Readonly<Record<string, unknown>>;
  /** Leaves out what the type does not tell and the schema does not know (custom resources). */
  readonly prune?: (value: Readonly<Record<string, unknown>>) => {
    readonly value: Readonly<Record<string, unknown>>;
    readonly unknown: readonly string[];
  };
  /** Every answer in this version carries this warning. */
  readonly deprecated?: string;
  /** Between this version and the one in the store; absent for the stored version. */
  readonly toStored?: (object: KubeObject) => KubeObject;
  readonly fromStored?: (object: KubeObject) => KubeObject;
}

/** What rules may look at beside the object itself. */
export interface RuleContext {
  /** RFC 3339, whole seconds. */
  readonly now: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** Random text out of the alphabet that upstream makes names of. */
  readonly suffix: (length: number) => string;
  /** Any object of the cluster, as stored. */
  readonly find: (group: string, plural: string, namespace: string, name: string) => KubeObject | undefined;
  /** All objects of a kind, in all namespaces. */
  readonly all: (group: string, plural: string) => readonly KubeObject[];
}

/**
 * A kind as data: what the generic registry needs to serve it. `prepare*` is upstream's strategy (PrepareForCreate/Update): what
 * clients may not set is taken away or kept; `default` fills in defaults; `validate*` returns every problem.
 */
export interface Kind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** Another group whose objects these are (events.k8s.io shows those of the core group). */
  readonly storedIn?: string;
  /** Of a CustomResourceDefinition: lists name apiVersion and kind in every item, strategic merge is not to be had. */
  readonly custom?: boolean;
  /** Version of the store at which the kind came to be served: watches cannot go back further. */
  readonly since?: number;
  readonly verbs?: readonly Verb[];
  /** The first is the preferred one; exactly one has no conversion: the stored one. */
  readonly versions: readonly KindVersion[];
  /** Every answer carries this warning. */
  readonly deprecated?: string;
  /** An update must name the resourceVersion (AllowUnconditionalUpdate is false). */
  readonly needsVersion?: boolean;
  /** How names are checked; default: DNS subdomain. */
  readonly names?: 'subdomain' | 'label' | 'service' | 'path';
  /** Upstream sets metadata.generation to 1 and raises it when `spec` changes. */
  readonly generation?: boolean;
  /** Annotations count as such a change too (deployments). */
  readonly annotationsCount?: boolean;
  readonly subresources?: {
    /** `status`: the main resource never changes status, `/status` nothing else. */
    readonly status?: boolean;
    readonly scale?: ScaleRules;
  };
  /** A creation may bring a status. */
  readonly keepsStatus?: boolean;
  readonly default?: (object: KubeObject) => KubeObject;
  readonly prepareCreate?: (object: KubeObject, context: RuleContext) => KubeObject;
  readonly prepareUpdate?: (object: KubeObject, old: KubeObject, context: RuleContext) => KubeObject;
  readonly prepareStatus?: (object: KubeObject, old: KubeObject, context: RuleContext) => KubeObject;
  /** Of a creation, and of an update (then with `old`) beside `validateUpdate`. */
  readonly validate?: (object: KubeObject, context: RuleContext, old: KubeObject | undefined) => readonly FieldError[];
  readonly validateUpdate?: (object: KubeObject, old: KubeObject, context: RuleContext) => readonly FieldError[];
  readonly validateStatus?: (object: KubeObject, old: KubeObject, context: RuleContext) => readonly FieldError[];
  /** What is only worked out for a valid object (addresses of a service). */
  readonly complete?: (object: KubeObject, context: RuleContext) => KubeObject;
  /** Warnings of a create or update (HTTP Warning headers), without code and agent. */
  readonly warn?: (object: KubeObject, old: KubeObject | undefined) => readonly string[];
  readonly columns?: readonly Column[];
  /** Marks of a Table's row (a pod that is done). */
  readonly rowConditions?: (object: KubeObject) => readonly Readonly<Record<string, string>>[] | undefined;
  /** Field selectors besides metadata.name and metadata.namespace: path → value as text. */
  readonly fields?: Readonly<Record<string, (object: KubeObject) => string>>;
  /** A deletion with a grace period marks first (pods); seconds for an object, 0 = at once. */
  readonly graceSeconds?: (object: KubeObject) => number;
  /** A deletion answers with the object, not with a Status (generic registry ReturnDeletedObject). */
  readonly returnsDeleted?: boolean;
  /** What stands in the way of a deletion; raises ApiFailure. */
  readonly checkDelete?: (object: KubeObject, context: RuleContext) => void;
  /** Instead of removing: the object as it waits for somebody to let it go, or undefined to remove (namespaces). */
  readonly mark?: (object: KubeObject, now: string) => KubeObject | undefined;
}

/** Where `scale` finds its numbers. */
export interface ScaleRules {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  /** The selector in status.selector's text form. */
  readonly selector: (object: KubeObject) => string;
}
