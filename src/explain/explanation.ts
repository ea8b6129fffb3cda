import { z } from 'zod';
import type { CatalogueFinding } from './finding.ts';
import type { Origin } from './platform.ts';

/** A number with its origin. */
export interface ChainNumber {
  readonly name: string;
  readonly value: string;
  readonly origin: Origin;
  /** Where it is from. */
  readonly source: string;
}

/** One step of the sync. */
export interface ChainLink {
  /** Rule of the algorithm, such as `ratio`, `tolerance`, `policy`. */
  readonly step: string;
  /** Index in spec.metrics; null = a step of the whole HPA. */
  readonly metric: number | null;
  readonly text: string;
  /** null = not known, or no finite number. */
  readonly result: number | string | boolean | null;
  readonly origin: Origin;
  /** The step had the last word over what the metrics asked for. */
  readonly limit: boolean;
  /** The function of kube-controller-manager. */
  readonly upstream: string | null;
  /** What the step was computed from. */
  readonly numbers: readonly ChainNumber[];
}

/** Where the computation and the status disagree. */
export interface Difference {
  readonly field: string;
  readonly computed: string;
  readonly status: string;
  /** What could account for it. */
  readonly causes: readonly string[];
}

/** Something that happened. */
export interface HistoryEntry {
  readonly at: string;
  readonly text: string;
  readonly source: string;
}

/** What could not be read: it is unknown, not absent. */
export interface UnknownPart {
  readonly what: string;
  /** The right that would help; null = no right would. */
  readonly rule: string | null;
}

export interface ExplainedHpa {
  readonly namespace: string;
  readonly name: string;
  /** Kind/name. */
  readonly target: string;
  /** Which sync was computed: the last one, or the first one when the controller has not looked yet. */
  readonly sync: 'last' | 'first';
  /** The sync in one sentence; null = it cannot be computed. */
  readonly decision: string | null;
  /** What happens next and when, if the metric stays; null = not known, or nothing. */
  readonly next: string | null;
  /** Replicas that the algorithm comes to. */
  readonly computed: number | null;
  /** status.desiredReplicas. */
  readonly desired: number;
  readonly chain: readonly ChainLink[];
  readonly differences: readonly Difference[];
  readonly findings: readonly CatalogueFinding[];
  readonly unknown: readonly UnknownPart[];
  readonly platform: readonly ChainNumber[];
  /** With --since: what happened, oldest first. */
  readonly history: readonly HistoryEntry[];
}

/** What `metrics-lab explain hpa` finds. */
export interface Explanation {
  readonly server: string;
  readonly context: string | null;
  readonly namespace: string;
  /** When the cluster was read, RFC 3339. */
  readonly at: string;
  readonly hpas: readonly ExplainedHpa[];
}

const text = z.string();
const origin = z
  .enum(['observed', 'computed', 'unknown'])
  .describe('observed = read from the cluster; computed = by the algorithm; unknown = only the controller knows it');
const number: z.ZodType<ChainNumber> = z.object({
  name: text,
  value: text,
  origin,
  source: text.describe('where it is from'),
});
const link: z.ZodType<ChainLink> = z.object({
  step: text.describe('rule of the algorithm, such as ratio, tolerance, policy'),
  metric: z.int().nullable().describe('index in spec.metrics; null = a step of the whole HPA'),
  text,
  result: z.union([z.number(), text, z.boolean()]).nullable().describe('null = not known, or no finite number'),
  origin,
  limit: z.boolean().describe('this step had the last word over what the metrics asked for'),
  upstream: text.nullable().describe('the function of kube-controller-manager'),
  numbers: z.array(number).describe('what the step was computed from'),
});
const difference: z.ZodType<Difference> = z.object({
  field: text,
  computed: text,
  status: text,
  causes: z.array(text).describe('what could account for it'),
});
const finding: z.ZodType<CatalogueFinding> = z.object({
  id: text.describe('the name of the anomaly in kebab-case'),
  severity: z.enum(['info', 'warning', 'error']),
  title: text.describe('the cause in one sentence, with the names and numbers of this HPA'),
  evidence: z.array(text).describe('each with its origin: observed or computed'),
  upstream: z.array(text).describe('threads or functions of Kubernetes'),
  fix: text.nullable().describe('a command, a patch or what to change; null = nothing to do'),
  next: text.nullable().describe('what happens next and when, if nothing changes; null = not known'),
});
const unknownPart: z.ZodType<UnknownPart> = z.object({
  what: text.describe('such as: cannot list pods (403)'),
  rule: text.nullable().describe('the right that would help; null = no right would'),
});
const historyEntry: z.ZodType<HistoryEntry> = z.object({
  at: text.describe('RFC 3339'),
  text,
  source: text.describe('where it is from'),
});
const explained: z.ZodType<ExplainedHpa> = z.object({
  namespace: text,
  name: text,
  target: text.describe('Kind/name'),
  sync: z
    .enum(['last', 'first'])
    .describe('which sync was computed: the last one, or the first one when the controller has not looked yet'),
  decision: text.nullable().describe('the sync in one sentence; null = it cannot be computed'),
  next: text.nullable().describe('what happens next and when, if the metric stays; null = not known, or nothing'),
  computed: z.int().nullable().describe('replicas that the algorithm comes to'),
  desired: z.int().describe('status.desiredReplicas'),
  chain: z.array(link),
  differences: z.array(difference).describe('where the computation and the status disagree'),
  findings: z.array(finding).describe('worst first; empty = nothing wrong'),
  unknown: z.array(unknownPart).describe('what could not be read'),
  platform: z.array(number),
  history: z.array(historyEntry).describe('with --since: what happened, oldest first'),
});

/** `metrics-lab explain hpa -o json`; published as docs/schemas/explain.json. Fields are only ever added. */
export const ExplanationSchema: z.ZodType<Explanation> = z.object({
  server: text,
  context: text.nullable(),
  namespace: text,
  at: text.describe('when the cluster was read, RFC 3339'),
  hpas: z.array(explained),
});
