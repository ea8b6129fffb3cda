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

const run = {
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
  ...run,
  hpas: z.array(z.object(run)).optional().describe('the runs of all HPAs, the first one too, where -f gave several'),
  compare: z.object(run).optional().describe('the first other HPA of --compare'),
  comparisons: z.array(z.object(run)).optional().describe('all other HPAs, where --compare was given several times'),
});

/** The JSON Schema that docs/schemas publishes. */
export function simulationJsonSchema(): unknown {
  return z.toJSONSchema(SimulationDocument, { io: 'output' });
}
