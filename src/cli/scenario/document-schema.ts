import { z } from 'zod';
import { RUN_FIELDS } from '../simulate/document-schema.ts';

/** What `metrics-lab scenario run -o json` prints and writes to run.json; published as docs/schemas/scenario-run.json. */
export const ScenarioRunSchema: z.ZodType = z.object({
  id: z.string().describe('the folder of the results below the runs folder'),
  lab: z.string(),
  startedAt: z.string().describe('RFC 3339'),
  endedAt: z.string().describe('RFC 3339'),
  complete: z
    .boolean()
    .describe('false when the run was interrupted or the lab was lost; what there is counts up to then'),
  fault: z.string().nullable().describe('what ended the run before its time'),
  seed: z.int().nonnegative(),
  seconds: z.number().nonnegative().describe('how long the scenario takes'),
  ...RUN_FIELDS,
});
