import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };

/** Pieces of the charts' values that more than one of them has. */
export const anyMap: z.ZodRecord<z.ZodString, z.ZodAny> = z.record(z.string(), z.any());
export const anyObjects: z.ZodArray<typeof anyMap> = z.array(anyMap);
export const name: z.ZodString = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);

export function image(text: string, repository = 'metrics-lab', tag: string = packageJson.version): z.ZodType {
  return z
    .strictObject({
      repository: z.string().min(1).default(repository),
      tag: z.string().min(1).default(tag),
      pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent'),
    })
    .prefault({})
    .describe(text);
}

export function enabled(isDefault: boolean, text: string): z.ZodType {
  return z
    .strictObject({ enabled: z.boolean().default(isDefault) })
    .prefault({})
    .describe(text);
}
