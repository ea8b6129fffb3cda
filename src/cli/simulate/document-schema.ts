import { z } from 'zod';

const count = z.number().int().nonnegative();
const extent = z.object({ min: count, max: count, last: count });
const seconds = z.number().nonnegative().describe('seconds');

const Entry = z.object({
  time: seconds.describe('seconds from the start; one entry per sync'),
  metric: z.number().nullable().describe('what the HPA was told; null when it could not be read'),
  current: count.describe('replicas before the decision'),
  desired: count.describe('replicas after the decision'),
  ready: count,
  waiting: count.nullable().describe('waiting items; null when a trace gave the metric'),
  oldestWait: seconds.nullable().describe('how long the oldest waiting item has waited, in seconds'),
  reason: z.string().describe('a change in one line, or why nothing could be computed; not an API'),
  record: z.looseObject({}).nullable().describe("the twin's record of a decision that changed the replica count"),
});

const Summary = z.object({
  seconds,
  syncs: count,
  wait: z
    .object({ count, mean: seconds, p50: seconds, p90: seconds, p95: seconds, p99: seconds, max: seconds })
    .nullable(),
  ledger: z
    .object({ published: count, processed: count, waiting: count, inFlight: count, lost: count, redelivered: count })
    .nullable(),
  replicaSeconds: z.number().nonnegative(),
  utilization: z.number().nullable().describe('share of the replica-seconds in which pods worked'),
  scaleUps: count,
  scaleDowns: count,
  flaps: count.describe('changes of direction within ten minutes'),
  desired: extent,
  ready: extent,
  firstReactionSeconds: seconds.nullable(),
  secondsAtMax: seconds,
  metricErrors: count,
});

/** What every run tells of itself, simulated or on a lab. */
export const RUN_FIELDS: z.ZodRawShape = {
  file: z.string(),
  name: z.string(),
  min: count,
  max: count,
  notes: z.array(z.string()),
  timeline: z.array(Entry),
  summary: Summary,
  expectations: z.array(
    z.object({ expectation: z.string(), passed: z.boolean(), actual: z.number().nullable(), detail: z.string() }),
  ),
};

/** What `metrics-lab simulate -o json` prints. */
export const SimulationDocument: z.ZodType = z.object({
  apiVersion: z.literal('metricslab.dev/v1'),
  kind: z.literal('Simulation'),
  kubernetesVersion: z.string(),
  arch: z.enum(['amd64', 'arm64']),
  seed: count,
  syncSeconds: seconds,
  seconds,
  load: z.string().nullable().describe('null when a trace gave the metric itself'),
  ...RUN_FIELDS,
  hpas: z
    .array(z.object(RUN_FIELDS))
    .optional()
    .describe('the runs of all HPAs, the first one too, where -f gave several'),
  compare: z.object(RUN_FIELDS).optional().describe('the first other HPA of --compare'),
  comparisons: z
    .array(z.object(RUN_FIELDS))
    .optional()
    .describe('all other HPAs, where --compare was given several times'),
});

/** The JSON Schema that docs/schemas publishes. */
export function simulationJsonSchema(): unknown {
  return z.toJSONSchema(SimulationDocument, { io: 'output' });
}

const Trial = z.object({
  target: z.string().describe('of the metric, as a quantity or a utilization'),
  min: count,
  max: count,
  scaleDownWindowSeconds: count,
  upPercent: count.describe('that may be added in 15 s'),
  upPods: count.describe('that may be added in 15 s'),
  replicaSeconds: z.number().nonnegative(),
  waitP95: seconds,
  failedExpectations: count,
});

/** What `metrics-lab tune -o json` prints; published as docs/schemas/tuning.json. */
export const TuningSchema: z.ZodType = z.object({
  file: z.string(),
  runs: count.describe('configurations that were tried'),
  given: Trial.describe('the HPA of the file'),
  pareto: z.array(Trial).describe('those that no other one beats in replica-seconds and waiting time'),
  patch: z
    .looseObject({})
    .nullable()
    .describe('a merge patch to the cheapest one that meets every expectation; null without one'),
});
