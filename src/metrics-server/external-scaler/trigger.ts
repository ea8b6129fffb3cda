import { z } from 'zod';
import { parseSelector, type Selector } from '../../kube/label-selector.ts';
import { sumNumber } from '../../kube/quantity.ts';

/** What a ScaledObject's trigger asks of us, out of its `metadata`. */
export interface Trigger {
  readonly metric: string;
  readonly namespace: string;
  readonly selector: Selector;
  /** The HPA's target. */
  readonly target: number;
  /** The object is active while the value exceeds it. */
  readonly activation: number;
}

const amount = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const number = sumNumber([text]);
      if (number !== undefined && number >= 0) return number;
      context.addIssue({ code: 'custom', message: `${JSON.stringify(text.slice(0, 40))} is no quantity` });
      return z.NEVER;
    });
/** Other keys are KEDA's own (`scalerAddress` and so on): it passes on everything. */
const Ref = z.object({
  namespace: z.string().min(1),
  scalerMetadata: z.object({
    metric: z.string().min(1),
    selector: z
      .string()
      .default('')
      .transform((text, context) => {
        const selector = parseSelector(text);
        if (typeof selector !== 'string') return selector;
        context.addIssue({ code: 'custom', message: selector });
        return z.NEVER;
      }),
    target: amount('1').refine((number) => number > 0, 'must be more than 0'),
    activation: amount('0'),
  }),
});

/** The trigger of a ScaledObjectRef, or what is wrong with it. */
export function triggerOf(ref: unknown): Trigger | string {
  const parsed = Ref.safeParse(ref);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const { namespace, scalerMetadata } = parsed.data;
  return { namespace, ...scalerMetadata };
}
