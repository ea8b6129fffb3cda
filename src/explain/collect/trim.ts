import { z } from 'zod';
import { parseAs } from '../../kube/objects.ts';

// Of each object only what the rules read is kept, and of that no secret: pods and targets lose their templates, environment and
// volumes, annotations their values, unless the value is what a rule reads.

type Json = Readonly<Record<string, unknown>>;

const Loose = z.record(z.string(), z.unknown());
const Meta = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
  managedFields: z.array(z.looseObject({ fieldsV1: Loose.optional() })).nullish(),
});
const Any = z.looseObject({ metadata: Meta, spec: Loose.optional(), status: Loose.optional() });
const Labelled = z.looseObject({ kind: z.unknown(), name: z.unknown() });

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const READ_ANNOTATIONS =
  /^(autoscaling\.alpha\.kubernetes\.io\/(metrics|behavior|conditions|current-metrics)|autoscaling\.keda\.sh\/paused(-replicas|-scale-in|-scale-out)?)$/;
const MASK = '***';

function pick(from: Json | undefined, ...names: readonly string[]): Json {
  return Object.fromEntries(names.flatMap((name) => (from?.[name] === undefined ? [] : [[name, from[name]]])));
}

/** Logins in URLs, bearer tokens and values of parameters that are called so, as error messages quote them. */
export function maskText(text: string): string {
  return text
    .replaceAll(/(\w:\/\/)[^\s/@"]+@/g, `$1${MASK}@`)
    .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${MASK}`)
    .replaceAll(
      /\b((?:[\w-]*(?:token|password|passwd|secret|api[_-]?key))["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi,
      `$1${MASK}`,
    );
}

/** The same value with `maskText` over every text in it. */
export function maskDeep(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map(maskDeep);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskDeep(inner)]));
}

/** Annotations by name; values only of those that rules read, and of the last applied manifest only `keep` of its spec. */
function annotationsOf(meta: z.infer<typeof Meta>, keep: (spec: Json) => Json): Json {
  const entries = Object.entries(meta.annotations ?? {}).map(([name, value]): [string, string] => {
    if (name === LAST_APPLIED) return [name, appliedPart(value, keep)];
    return [name, READ_ANNOTATIONS.test(name) ? value : MASK];
  });
  return entries.length === 0 ? {} : { annotations: Object.fromEntries(entries) };
}

const Applied = z.looseObject({
  apiVersion: z.unknown(),
  kind: z.unknown(),
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).nullish() }).optional(),
  spec: Loose.optional(),
});

function appliedPart(text: string, keep: (spec: Json) => Json): string {
  const parsed = Applied.safeParse(jsonOrNull(text));
  if (!parsed.success) return MASK;
  const { apiVersion, kind, metadata, spec } = parsed.data;
  const annotations = Object.fromEntries(
    Object.entries(metadata?.annotations ?? {}).filter(([name]) => READ_ANNOTATIONS.test(name)),
  );
  const name = pick(metadata, 'name', 'namespace');
  return JSON.stringify({ apiVersion, kind, metadata: { ...name, annotations }, spec: keep(spec ?? {}) });
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const META = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'labels',
  'ownerReferences',
] as const;

/** As deep as `f:metadata` → `f:annotations` → one of them. */
const OWNERSHIP_DEPTH = 3;

function pruned(fields: Json, depth: number): Json {
  if (depth === 0) return {};
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, pruned(inner as Json, depth - 1)]));
}

/** An HPA of one of the two versions: all of spec and status. */
export function trimHpa(foreign: unknown, version: 'v1' | 'v2' = 'v2'): Json {
  const { metadata, spec, status } = parseAs(Any, foreign, 'an HPA');
  const meta = {
    ...pick(metadata, ...META, 'generation'),
    managedFields: (metadata.managedFields ?? []).map(({ fieldsV1, ...entry }) => ({
      ...pick(entry, 'manager', 'operation', 'apiVersion', 'subresource', 'time'),
      fieldsV1: pruned(fieldsV1 ?? {}, OWNERSHIP_DEPTH),
    })),
    ...annotationsOf(metadata, (applied) => applied),
  };
  const inner = pick(
    status,
    'observedGeneration',
    'lastScaleTime',
    'currentReplicas',
    'desiredReplicas',
    'currentMetrics',
    'currentCPUUtilizationPercentage',
  );
  return {
    apiVersion: `autoscaling/${version}`,
    kind: 'HorizontalPodAutoscaler',
    metadata: meta,
    spec: spec ?? {},
    status: { ...inner, ...pick(maskDeep(pick(status, 'conditions')) as Json, 'conditions') },
  };
}

/** The target of an HPA: who wrote its replica count, and its selector. */
export function trimTarget(foreign: unknown): Json & { readonly metadata: Json } {
  const { apiVersion, kind, metadata, spec, status } = parseAs(Any, foreign, 'the target of an HPA');
  const writers = (metadata.managedFields ?? []).flatMap(({ fieldsV1, ...entry }) => {
    const fields = fieldsV1?.['f:spec'] as Json | undefined;
    return fields?.['f:replicas'] === undefined
      ? []
      : [{ ...pick(entry, 'manager', 'operation', 'apiVersion', 'subresource', 'time'), fieldsV1: REPLICAS }];
  });
  return {
    ...(apiVersion === undefined ? {} : { apiVersion, kind }),
    metadata: {
      ...pick(metadata, ...META),
      name: metadata.name,
      ...annotationsOf(metadata, (applied) => pick(applied, 'replicas')),
      managedFields: writers,
    },
    spec: pick(spec, 'replicas', 'selector'),
    status: pick(status, 'replicas'),
  };
}
const REPLICAS = { 'f:spec': { 'f:replicas': {} } };

/** A ReplicaSet: to whom it belongs. */
export function trimOwned(foreign: unknown): Json {
  const { metadata } = parseAs(Any, foreign, 'a ReplicaSet');
  return { metadata: pick(metadata, 'name', 'namespace', 'ownerReferences') };
}

const Container = z.looseObject({ name: z.string(), resources: Loose.nullish() });
const PodSpec = z.looseObject({
  containers: z.array(Container).default([]),
  initContainers: z.array(Container).nullish(),
  resources: Loose.nullish(),
});

/** A pod as the controller reads it: labels, owner, requests, phase and conditions. */
export function trimPod(foreign: unknown): Json & { readonly metadata: Json } {
  const { metadata, spec, status } = parseAs(Any, foreign, 'a pod');
  const { containers, initContainers, resources, ...rest } = parseAs(PodSpec, spec ?? {}, 'the spec of a pod');
  const part = (container: z.infer<typeof Container>) => ({
    ...pick(container, 'name', 'restartPolicy'),
    ...(container.resources ? { resources: pick(container.resources, 'requests') } : {}),
  });
  return {
    metadata: pick(metadata, ...META),
    spec: {
      ...pick(rest, 'overhead', 'nodeName'),
      ...(resources ? { resources: pick(resources, 'requests') } : {}),
      containers: containers.map(part),
      ...(initContainers ? { initContainers: initContainers.map(part) } : {}),
    },
    status: pick(
      maskDeep(pick(status, 'phase', 'startTime', 'conditions')) as Json,
      'phase',
      'startTime',
      'conditions',
    ),
  };
}

/** events.k8s.io/v1 */
export function trimEvent(foreign: unknown): Json & { readonly regarding: Json } {
  const event = parseAs(z.looseObject({ regarding: Labelled, note: z.string().default('') }), foreign, 'an event');
  const kept = pick(
    event,
    'type',
    'reason',
    'eventTime',
    'series',
    'deprecatedFirstTimestamp',
    'deprecatedLastTimestamp',
    'deprecatedCount',
  );
  return { ...kept, note: maskText(event.note), regarding: pick(event.regarding, 'kind', 'namespace', 'name') };
}

/** An APIService of the metrics groups; null for others. */
export function trimApiService(foreign: unknown): Json | null {
  const { metadata, spec, status } = parseAs(Any, foreign, 'an APIService');
  if (!String(spec?.['group'] ?? '').endsWith('metrics.k8s.io')) return null;
  return {
    metadata: pick(metadata, 'name', 'creationTimestamp'),
    spec: pick(spec, 'group', 'version', 'service'),
    status: maskDeep(pick(status, 'conditions')),
  };
}

export function trimNode(foreign: unknown): Json {
  const { metadata, status } = parseAs(Any, foreign, 'a node');
  return { metadata: pick(metadata, 'name'), status: { nodeInfo: pick(status?.['nodeInfo'] as Json, 'architecture') } };
}

export function trimScaledObject(foreign: unknown): Json & { readonly metadata: Json } {
  const { metadata, spec, status } = parseAs(Any, foreign, 'a ScaledObject');
  const inner = pick(spec, 'cooldownPeriod', 'minReplicaCount', 'maxReplicaCount', 'idleReplicaCount');
  return {
    metadata: { ...pick(metadata, ...META), ...annotationsOf(metadata, () => ({})) },
    spec: { ...inner, scaleTargetRef: pick(spec?.['scaleTargetRef'] as Json, 'apiVersion', 'kind', 'name') },
    status: pick(status, 'hpaName', 'lastActiveTime', 'conditions', 'pausedReplicaCount'),
  };
}
