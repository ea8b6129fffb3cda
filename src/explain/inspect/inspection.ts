import { z } from 'zod';

/** One entry of spec.metrics: what it asks for, what the status says, and what its API answers right now. */
export interface InspectedMetric {
  /** Index in spec.metrics. */
  readonly index: number;
  readonly type: string;
  readonly name: string;
  /** Selector of the metric's series, as it is sent; empty = none. */
  readonly selector: string;
  /** Kind/name of an Object metric, container of a ContainerResource metric; else null. */
  readonly of: string | null;
  readonly target: string;
  /** Value, AverageValue or Utilization. */
  readonly targetType: string;
  /** What status.currentMetrics holds; null = nothing. */
  readonly status: string | null;
  /** Why the status holds nothing, or what its number really means. */
  readonly statusNote: string | null;
  readonly source: Reading | null;
  readonly adapter: Reading;
  /** The three beside each other, in one line. */
  readonly summary: string;
}

/** A value at one place of the path from the source to the status. */
export interface Reading {
  /** Where it was read. */
  readonly from: string;
  /** Value of each series or pod, as answered. */
  readonly values: readonly string[];
  /** Their sum as a quantity; null = there is none. */
  readonly total: string | null;
  /** Age of the oldest sample; null = it tells no time. */
  readonly ageSeconds: number | null;
  /** Why there is no value. */
  readonly problem: string | null;
}

export interface InspectedRules {
  readonly direction: 'scaleUp' | 'scaleDown';
  readonly fields: readonly { readonly field: string; readonly value: string; readonly origin: 'spec' | 'default' }[];
}

/** Somebody else who reads or writes the replicas of the target. */
export interface Toucher {
  readonly kind: string;
  readonly name: string;
  readonly what: string;
}

/** How one field of autoscaling/v2 looks through autoscaling/v1. */
export interface V1Line {
  readonly field: string;
  readonly v2: string;
  readonly v1: string;
  /** field = a field of v1; annotation = hidden in one; mangled = there, but not as it was; lost = nowhere. */
  readonly fate: 'field' | 'annotation' | 'mangled' | 'lost';
  readonly note: string | null;
}

export interface InspectedHpa {
  readonly namespace: string;
  readonly name: string;
  readonly created: string | null;
  readonly target: {
    readonly ref: string;
    readonly apiVersion: string;
    readonly scale: string;
    readonly selector: string | null;
  };
  readonly replicas: { readonly min: number; readonly max: number; readonly current: number; readonly desired: number };
  readonly lastScaleTime: string | null;
  readonly metrics: readonly InspectedMetric[];
  readonly behavior: readonly InspectedRules[];
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly since: string | null;
  }[];
  readonly events: readonly {
    readonly type: string;
    readonly reason: string;
    readonly message: string;
    readonly count: number;
    readonly last: string | null;
  }[];
  readonly touches: readonly Toucher[];
  /** What could not be read, one sentence each. */
  readonly unknown: readonly string[];
  /** Only with --api v1 or both. */
  readonly v1?: readonly V1Line[];
}

/** What `metrics-lab inspect hpa` shows. */
export interface Inspection {
  readonly server: string;
  readonly context: string | null;
  readonly namespace: string;
  readonly at: string;
  readonly api: 'v1' | 'v2' | 'both';
  readonly hpas: readonly InspectedHpa[];
}

const text = z.string();
const time = text.nullable().describe('RFC 3339; null = never or not told');
const reading: z.ZodType<Reading> = z.object({
  from: text,
  values: z.array(text).describe('value of each series or pod, as answered'),
  total: text.nullable().describe('their sum as a quantity; null = there is none'),
  ageSeconds: z.number().nullable().describe('age of the oldest sample; null = it tells no time'),
  problem: text.nullable(),
});
const metric: z.ZodType<InspectedMetric> = z.object({
  index: z.int().describe('in spec.metrics'),
  type: text,
  name: text,
  selector: text,
  of: text.nullable().describe('Kind/name of an Object metric, container of a ContainerResource metric'),
  target: text,
  targetType: text,
  status: text.nullable().describe('what status.currentMetrics holds; null = nothing'),
  statusNote: text.nullable().describe('why it holds nothing, or what its number really means'),
  source: reading.nullable().describe('null = the source is not this lab’s own'),
  adapter: reading.describe('what the metrics API answers right now to the question of the controller'),
  summary: text,
});
const hpa: z.ZodType<InspectedHpa> = z.object({
  namespace: text,
  name: text,
  created: time,
  target: z.object({ ref: text.describe('Kind/name'), apiVersion: text, scale: text, selector: text.nullable() }),
  replicas: z.object({ min: z.int(), max: z.int(), current: z.int(), desired: z.int() }),
  lastScaleTime: time,
  metrics: z.array(metric),
  behavior: z
    .array(
      z.object({
        direction: z.enum(['scaleUp', 'scaleDown']),
        fields: z.array(z.object({ field: text, value: text, origin: z.enum(['spec', 'default']) })),
      }),
    )
    .describe('with the defaults that hold where the spec says nothing'),
  conditions: z.array(z.object({ type: text, status: text, reason: text, message: text, since: time })),
  events: z.array(z.object({ type: text, reason: text, message: text, count: z.int(), last: time })),
  touches: z
    .array(z.object({ kind: text, name: text, what: text }))
    .describe('who else reads or writes the replicas of the target'),
  unknown: z.array(text).describe('what could not be read'),
  v1: z
    .array(
      z.object({
        field: text,
        v2: text,
        v1: text,
        fate: z
          .enum(['field', 'annotation', 'mangled', 'lost'])
          .describe('field of v1; hidden in an annotation; there, but not as it was; nowhere'),
        note: text.nullable(),
      }),
    )
    .exactOptional()
    .describe('only with --api v1 or both'),
});

/** `metrics-lab inspect hpa -o json`; published as docs/schemas/inspect.json. Fields are only ever added. */
export const InspectionSchema: z.ZodType<Inspection> = z.object({
  server: text,
  context: text.nullable(),
  namespace: text,
  at: text.describe('when the cluster was read, RFC 3339'),
  api: z.enum(['v1', 'v2', 'both']),
  hpas: z.array(hpa),
});
