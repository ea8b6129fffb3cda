import { z } from 'zod';
import type { MetricAnswer, PodObject } from '../hpa/index.ts';
import { parseAs } from '../kube/objects.ts';

/** Something that was looked up: the value and where it comes from, or why it is not known. */
export type Fact<T> =
  | { readonly value: T; readonly from: string }
  | { readonly unknown: string; readonly from: string };

export interface ScaleEvidence {
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly selector: string;
}

/** GET /version. */
interface VersionEvidence {
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
  /** `linux/amd64`; empty when the server does not say. */
  readonly platform: string;
}

/** Everything that is known of one HPA. */
export interface HpaEvidence {
  /** As autoscaling/v2 served it. */
  readonly hpa: Readonly<Record<string, unknown>>;
  readonly from: string;
  readonly scale: Fact<ScaleEvidence>;
  readonly pods: Fact<readonly PodObject[]>;
  /** By index of spec.metrics; null = the controller asks nothing. A refusal that the controller gets too is an answer. */
  readonly metrics: readonly (Fact<MetricAnswer> | null)[];
}

/** What an explanation is computed from: plain data that can be kept and explained again later. */
export interface Evidence {
  /** RFC 3339: when it was collected. */
  readonly at: string;
  readonly namespace: string;
  readonly version: Fact<VersionEvidence>;
  /** Architectures of the nodes, each once. */
  readonly architectures: Fact<readonly string[]>;
  readonly hpas: readonly HpaEvidence[];
  /** Names of all HPAs of the namespace. */
  readonly names: readonly string[];
}

function fact<T>(value: z.ZodType<T>): z.ZodType<Fact<T>> {
  const from = z.string();
  return z.union([z.object({ value, from }), z.object({ unknown: z.string(), from })]);
}

const text = z.string();
const missing = text.nullable().exactOptional();
const texts = z.record(z.string(), z.string());
const Container = z.object({
  name: text,
  restartPolicy: text.exactOptional(),
  resources: z.object({ requests: texts.exactOptional() }).exactOptional(),
});
const Pod: z.ZodType<PodObject> = z.object({
  metadata: z.object({
    name: text,
    namespace: text.exactOptional(),
    labels: texts.exactOptional(),
    deletionTimestamp: missing,
  }),
  spec: z
    .object({
      containers: z.array(Container).exactOptional(),
      initContainers: z.array(Container).exactOptional(),
      resources: z.object({ requests: texts.exactOptional() }).exactOptional(),
      overhead: texts.exactOptional(),
    })
    .exactOptional(),
  status: z
    .object({
      phase: text.exactOptional(),
      startTime: missing,
      conditions: z.array(z.object({ type: text, status: text, lastTransitionTime: missing })).exactOptional(),
    })
    .exactOptional(),
});
const Failure = z.object({ error: text });
const resourceItem = z.object({
  metadata: z.object({ name: text, namespace: text.exactOptional() }),
  timestamp: text,
  window: text,
  containers: z.array(z.object({ name: text, usage: texts })).exactOptional(),
});
const customItem = z.object({
  describedObject: z.object({ name: text }),
  timestamp: text,
  windowSeconds: z.number().nullable().exactOptional(),
  value: text,
});
const items = <T extends z.ZodType>(item: T) => z.union([Failure, z.object({ items: z.array(item) })]);
const Answer: z.ZodType<MetricAnswer> = z.union([
  z.object({ resource: items(resourceItem) }),
  z.object({ custom: items(customItem) }),
  z.object({ external: items(z.object({ value: text })) }),
]);
const Scale = z.object({ specReplicas: z.int(), statusReplicas: z.int(), selector: text });

const HpaEvidenceSchema: z.ZodType<HpaEvidence> = z.object({
  hpa: z.record(z.string(), z.unknown()),
  from: text,
  scale: fact(Scale),
  pods: fact(z.array(Pod)),
  metrics: z.array(fact(Answer).nullable()),
});

const EvidenceSchema: z.ZodType<Evidence> = z.object({
  at: text,
  namespace: text,
  version: fact(z.object({ gitVersion: text, major: text, minor: text, platform: text })),
  architectures: fact(z.array(text)),
  hpas: z.array(HpaEvidenceSchema),
  names: z.array(text),
});

/** Foreign data as evidence. Raises ML-KUBE-SHAPE. */
export function parseEvidence(foreign: unknown): Evidence {
  return parseAs(EvidenceSchema, foreign, 'what the cluster answered');
}
