import { z } from 'zod';
import { type HttpAccess, httpAccessProblems, httpAccessShape } from '../../sources/http-access.ts';

/** Another adapter behind ours: Kubernetes allows one APIService per API. */
export interface ForwardConfig extends HttpAccess {
  readonly api: 'external' | 'custom';
  /** Names; a `*` at the end means every name that begins so. */
  readonly metrics: readonly string[];
  readonly timeoutSeconds: number;
}

export const ForwardSchema: z.ZodType<ForwardConfig> = z
  .strictObject({
    api: z.enum(['external', 'custom']),
    metrics: z
      .array(
        z
          .string()
          .regex(/^[^/%\s*]*\*?$/, 'a name, or the beginning of names with a * behind it')
          .min(1),
      )
      .min(1),
    timeoutSeconds: z.number().min(0.1).max(60).default(5),
    ...httpAccessShape,
  })
  .superRefine((config, context) => {
    for (const message of httpAccessProblems(config)) context.addIssue({ code: 'custom', message });
  });

/** Whether a rule means a metric. */
export function isForwarded({ metrics }: ForwardConfig, metric: string): boolean {
  return metrics.some((name) => (name.endsWith('*') ? metric.startsWith(name.slice(0, -1)) : name === metric));
}
