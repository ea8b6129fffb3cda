import { z } from 'zod';
import { parseAs } from './objects.ts';

const Nodes = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
          .nullish(),
      }),
    }),
  ),
});

export interface NodeReadiness {
  readonly name: string;
  readonly ready: boolean;
  /** Of its condition Ready; undefined while it has none. */
  readonly message: string | undefined;
}

/** What the nodes of a NodeList say of themselves. Raises ML-KUBE-SHAPE. */
export function nodeReadiness(list: unknown): readonly NodeReadiness[] {
  return parseAs(Nodes, list, 'a list of nodes').items.map(({ metadata: { name }, status }) => {
    const condition = status.conditions?.find(({ type }) => type === 'Ready');
    return { name, ready: condition?.status === 'True', message: condition?.message };
  });
}
