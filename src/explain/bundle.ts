import { z } from 'zod';
import { LabError } from '../errors/lab-error.ts';
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
export interface BundleEvidence {
  /** null: only the v1 view was read. */
  readonly hpas: readonly Readonly<Record<string, unknown>>[] | null;
  readonly hpasV1: readonly Readonly<Record<string, unknown>>[];
  readonly scale: Readonly<Record<string, Refusal | BundleScale>>;
  readonly target: Readonly<Record<string, Refusal | BundleObject>>;
  readonly replicaSets: readonly BundleObject[];
  readonly pods: readonly BundlePod[];
  readonly events: readonly BundleEvent[];
  readonly apiServices: readonly BundleApiService[];
  readonly metricAnswers: Readonly<Record<string, BundleAnswer>>;
  readonly syncPeriodSeconds: number;
  readonly series?: readonly BundleSample[];
  readonly adapterRequests?: readonly { readonly t: string; readonly path: string }[];
}
export interface Bundle {
  readonly kubernetesVersion: string;
  readonly arch: 'amd64' | 'arm64';
  /** RFC 3339: "now" of everything below. */
  readonly recordedAt: string;
  readonly evidence: BundleEvidence;
}

const text = z.string();
const texts = z.record(z.string(), z.string());
const time = text.nullable().exactOptional();
const listOf = <T extends z.ZodType>(item: T) => z.preprocess((value) => value ?? [], z.array(item));
const Owner = z.looseObject({ kind: text, name: text, controller: z.boolean().exactOptional() });
const Managed = z.looseObject({
  manager: text.exactOptional(),
  operation: text.exactOptional(),
  apiVersion: text.exactOptional(),
  subresource: text.exactOptional(),
  fieldsV1: z.record(z.string(), z.unknown()).exactOptional(),
});
const ObjectMeta = z.looseObject({
  name: text,
  namespace: text.exactOptional(),
  creationTimestamp: time,
  deletionTimestamp: time,
  labels: texts.exactOptional(),
  annotations: texts.exactOptional(),
  ownerReferences: listOf(Owner),
  managedFields: listOf(Managed),
});
const AnyObject = z.looseObject({ metadata: ObjectMeta });
const Refused = z.looseObject({ error: z.looseObject({ status: z.number(), message: text }) });

const Container = z.looseObject({
  name: text,
  restartPolicy: text.exactOptional(),
  resources: z.looseObject({ requests: texts.exactOptional() }).exactOptional(),
});
const Condition = z.looseObject({
  type: text,
  status: text,
  reason: text.exactOptional(),
  message: text.exactOptional(),
  lastTransitionTime: time,
});
const Pod = z.looseObject({
  metadata: ObjectMeta,
  spec: z
    .looseObject({
      containers: z.array(Container).exactOptional(),
      initContainers: z.array(Container).exactOptional(),
      resources: z.looseObject({ requests: texts.exactOptional() }).exactOptional(),
      overhead: texts.exactOptional(),
    })
    .exactOptional(),
  status: z
    .looseObject({ phase: text.exactOptional(), startTime: time, conditions: z.array(Condition).exactOptional() })
    .exactOptional(),
});
const Event = z.looseObject({
  reason: text.default(''),
  note: text.default(''),
  regarding: z.looseObject({ kind: text.default(''), name: text.default('') }),
  eventTime: time,
  deprecatedFirstTimestamp: time,
  deprecatedLastTimestamp: time,
  deprecatedCount: z.number().exactOptional(),
  series: z.looseObject({ count: z.number(), lastObservedTime: time }).nullable().exactOptional(),
});
const Scale = z.looseObject({
  spec: z.looseObject({ replicas: z.number().default(0) }).default({ replicas: 0 }),
  status: z
    .looseObject({ replicas: z.number().default(0), selector: text.default('') })
    .default({ replicas: 0, selector: '' }),
});
const ApiService = z.looseObject({
  metadata: ObjectMeta,
  spec: z.looseObject({ group: text, version: text }),
  status: z.looseObject({ conditions: listOf(Condition) }).default({ conditions: [] }),
});
const Answer = z.object({ status: z.number(), ms: z.number(), body: z.unknown() });
const Sample = z.looseObject({
  t: text,
  hpa: text,
  status: z.record(z.string(), z.unknown()),
  scale: z.union([
    z.looseObject({ specReplicas: z.number(), statusReplicas: z.number() }),
    z.looseObject({ error: z.unknown() }),
  ]),
});
const Evidence = z.looseObject({
  hpas: z.array(z.record(z.string(), z.unknown())).nullable(),
  hpasV1: z.array(z.record(z.string(), z.unknown())),
  scale: z.record(z.string(), z.union([Refused, Scale])),
  target: z.record(z.string(), z.union([Refused, AnyObject])),
  replicaSets: listOf(AnyObject),
  pods: listOf(Pod),
  events: listOf(Event),
  apiServices: listOf(ApiService),
  metricAnswers: z.record(z.string(), Answer),
  syncPeriodSeconds: z.number().default(15),
  series: z.array(Sample).exactOptional(),
  adapterRequests: z.array(z.looseObject({ t: text, path: text })).exactOptional(),
});
const BundleSchema: z.ZodType<Bundle> = z.looseObject({
  kubernetesVersion: text,
  arch: z.enum(['amd64', 'arm64']),
  recordedAt: text,
  evidence: Evidence,
});

/** The text of an evidence bundle; `name` is how the error calls it. Raises ML-EXPLAIN-BUNDLE. */
export function readBundle(text: string, name: string): Bundle {
  let foreign: unknown;
  try {
    foreign = JSON.parse(text);
  } catch (cause) {
    throw new LabError('ML-EXPLAIN-BUNDLE', { path: name, reason: 'it is no JSON, or it is cut off' }, { cause });
  }
  return parseBundle(foreign, name);
}

/** Foreign JSON as an evidence bundle. Raises ML-EXPLAIN-BUNDLE. */
export function parseBundle(foreign: unknown, name: string): Bundle {
  const parsed = BundleSchema.safeParse(foreign);
  if (parsed.success) return parsed.data;
  const reason = z.prettifyError(parsed.error).replaceAll('\n', '; ');
  throw new LabError('ML-EXPLAIN-BUNDLE', { path: name, reason });
}
