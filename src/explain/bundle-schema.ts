import { z } from 'zod';
import { LabError } from '../errors/lab-error.ts';
import type { Bundle } from './bundle.ts';

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
  time: text.exactOptional(),
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
const Version = z.looseObject({ gitVersion: text, minor: text, platform: text.default('') });
const Node = z.looseObject({ status: z.looseObject({ nodeInfo: z.looseObject({ architecture: text }) }) });
const ScaledObject = z.looseObject({
  metadata: ObjectMeta,
  spec: z.looseObject({
    cooldownPeriod: z.number().exactOptional(),
    minReplicaCount: z.number().exactOptional(),
    scaleTargetRef: z.looseObject({ kind: text.exactOptional(), name: text }),
  }),
  status: z
    .looseObject({ hpaName: text.exactOptional(), lastActiveTime: time, conditions: listOf(Condition) })
    .default({ conditions: [] }),
});
const UnreadSchema = z.object({
  what: text,
  path: text,
  of: text.exactOptional(),
  status: z.number().nullable(),
  message: text,
  rule: z.object({ apiGroup: text, resource: text, verb: text, namespace: text.nullable() }).nullable(),
});
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
  version: Version.exactOptional(),
  hpas: z.array(z.record(z.string(), z.unknown())).nullable(),
  hpasV1: z.array(z.record(z.string(), z.unknown())),
  scale: z.record(z.string(), z.union([Refused, Scale])),
  target: z.record(z.string(), z.union([Refused, AnyObject])),
  replicaSets: listOf(AnyObject),
  pods: z.array(Pod).nullable(),
  nodes: listOf(Node),
  events: listOf(Event),
  apiServices: listOf(ApiService),
  metricAnswers: z.record(z.string(), Answer),
  scaledObjects: listOf(ScaledObject),
  syncPeriodSeconds: z.number().default(15),
  unread: listOf(UnreadSchema),
  series: z.array(Sample).exactOptional(),
  adapterRequests: z.array(z.looseObject({ t: text, path: text })).exactOptional(),
});
const API_VERSION = 'metricslab.dev/v1';
const KIND = 'HpaEvidence';

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

const Head = z.looseObject({ apiVersion: text.exactOptional(), kind: text.exactOptional() });

/** Foreign JSON as an evidence bundle. Raises ML-EXPLAIN-BUNDLE. */
export function parseBundle(foreign: unknown, name: string): Bundle {
  const { apiVersion = API_VERSION, kind = KIND } = Head.safeParse(foreign).data ?? {};
  if (apiVersion !== API_VERSION || kind !== KIND) {
    const reason = `it says ${apiVersion} ${kind}, and this version of metrics-lab reads ${API_VERSION} ${KIND}`;
    throw new LabError('ML-EXPLAIN-BUNDLE', { path: name, reason });
  }
  const parsed = BundleSchema.safeParse(foreign);
  if (parsed.success) return parsed.data;
  const reason = z.prettifyError(parsed.error).replaceAll('\n', '; ');
  throw new LabError('ML-EXPLAIN-BUNDLE', { path: name, reason });
}

/** Lists of the shared format that this recorder does not read. */
const NOT_RECORDED = ['services', 'endpointSlices', 'rbac', 'crds', 'resourceQuotas'] as const;

/** The text of a bundle as `readBundle` reads it. */
export function bundleText({ kubernetesVersion, arch, recordedAt, evidence }: Bundle): string {
  const empty = Object.fromEntries(NOT_RECORDED.map((name) => [name, []]));
  const whole = { ...empty, ...evidence, notRecorded: NOT_RECORDED };
  return `${JSON.stringify({ apiVersion: API_VERSION, kind: KIND, kubernetesVersion, arch, recordedAt, evidence: whole }, undefined, 1)}\n`;
}
