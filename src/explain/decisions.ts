import { z } from 'zod';
import type { KubeClient } from '../contracts/kube-client.ts';
import { decisionText, type DecisionRecord } from '../hpa/index.ts';

/** A decision as the controller of an embedded cluster kept it. */
export interface KeptDecision {
  readonly at: string;
  readonly namespace: string;
  readonly name: string;
  readonly current: number | null;
  readonly desired: number | null;
  readonly text: string;
}

const Kept = z.object({
  items: z.array(
    z.object({
      at: z.string(),
      namespace: z.string(),
      name: z.string(),
      error: z.string().nullable(),
      record: z
        .custom<DecisionRecord>((value) => value !== null && typeof value === 'object' && 'steps' in value)
        .nullable(),
    }),
  ),
});

/** What an embedded cluster keeps of its HPA controller, oldest first; null = this cluster keeps nothing. Raises ML-KUBE-UNREACHABLE. */
export async function keptDecisions(client: KubeClient, signal: AbortSignal): Promise<readonly KeptDecision[] | null> {
  const { status, text } = await client.request('GET', '/metrics-lab/decisions', undefined, {
    signal,
    timeoutMs: 5_000,
  });
  if (status !== 200) return null;
  const parsed = Kept.safeParse(JSON.parse(text));
  if (!parsed.success) return null;
  return parsed.data.items.map(({ at, namespace, name, error, record }) => ({
    at,
    namespace,
    name,
    current: record?.current ?? null,
    desired: record?.desired ?? null,
    text: record === null ? (error ?? 'no decision') : decisionText(record),
  }));
}
