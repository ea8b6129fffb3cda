import { z } from 'zod';

/** What a stage of the load does; `rate` as in --load. */
export type StageInput =
  | { readonly publish: number; readonly duration?: string | undefined }
  | {
      readonly rate: string;
      readonly duration: string;
      readonly shape: 'constant' | 'ramp' | 'spike' | 'sine' | 'step';
      readonly width?: string | undefined;
      readonly period?: string | undefined;
    };

/** A scenario file as it is written. */
export interface ScenarioInput {
  readonly apiVersion: 'metricslab.dev/v1';
  readonly kind: 'Scenario';
  readonly metadata: { readonly name: string };
  readonly description?: string | undefined;
  readonly seed: number;
  readonly for?: string | undefined;
  readonly load: { readonly stages: readonly StageInput[] };
  readonly expect: readonly string[];
  readonly thresholds: readonly string[];
}

const MOST_ITEMS = 1_000_000;
const text = z.string({ error: 'a text' });
const Publish = z.strictObject({
  publish: z
    .int({ error: `a whole number from 1 to ${MOST_ITEMS}` })
    .min(1)
    .max(MOST_ITEMS),
  duration: text.optional(),
});
const Rate = z.strictObject({
  rate: text,
  duration: text,
  shape: z
    .enum(['constant', 'ramp', 'spike', 'sine', 'step'], { error: 'one of constant, ramp, spike, sine, step' })
    .default('constant'),
  width: text.optional(),
  period: text.optional(),
});

/** Which of the two a stage is shows by its keys, so that its mistakes are told as those of that kind. */
const Stage = z.unknown().transform((value, context): StageInput => {
  const publish = typeof value === 'object' && value !== null && 'publish' in value;
  const parsed = publish ? Publish.safeParse(value) : Rate.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: value } as never);
  return z.NEVER;
});

/** A scenario file: apiVersion metricslab.dev/v1, kind Scenario. Durations and rates are texts with their unit. */
export const ScenarioSchema: z.ZodType<ScenarioInput> = z.strictObject({
  apiVersion: z.literal('metricslab.dev/v1', { error: 'metricslab.dev/v1' }),
  kind: z.literal('Scenario', { error: 'Scenario' }),
  metadata: z.strictObject({ name: text.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'a name of a-z, 0-9 and -' }) }),
  description: text.optional(),
  seed: z.int({ error: 'a whole number' }).min(0).default(1),
  for: text.optional(),
  load: z.strictObject({
    stages: z.array(Stage, { error: 'a list of stages' }).min(1, { error: 'at least one stage' }),
  }),
  expect: z.array(text, { error: 'a list of texts' }).default([]),
  thresholds: z.array(text, { error: 'a list of texts' }).default([]),
});

/** The JSON Schema of a scenario file that docs/schemas publishes. */
export function scenarioJsonSchema(): object {
  // How a stage is read has no counterpart there; what may stand in it has.
  const stage = {
    anyOf: [Publish, Rate].map((kind) => ({ ...z.toJSONSchema(kind, { io: 'input' }), $schema: undefined })),
  };
  return z.toJSONSchema(ScenarioSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === Stage) Object.assign(jsonSchema, stage);
    },
  });
}
