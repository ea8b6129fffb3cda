import { z } from 'zod';
import type { Clock } from '../contracts/clock.ts';
import type { KubeClient } from '../contracts/kube-client.ts';
import type { Ledger, PublishOptions, QueueDriver } from '../contracts/queue.ts';
import { describe, LabError } from '../errors/lab-error.ts';
import { PRODUCER } from './manifests.ts';
import { TOKEN_HEADER } from './producer-server.ts';
import { publishBatches } from './queues/publish-batches.ts';

export interface ProducerQueueOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** The producer's token. */
  readonly token: string;
  readonly clock: Clock;
}

const Published = z.object({ published: z.number() });
const Problem = z.object({ error: z.object({ title: z.string(), why: z.string().default('') }) });
const LedgerShape: z.ZodType<Ledger> = z.object({
  published: z.number(),
  processed: z.number(),
  waiting: z.number(),
  inFlight: z.number(),
  dead: z.number(),
  duplicates: z.number(),
  lost: z.number(),
});
const ASK_MS = 30_000;

/**
 * The queue of a lab whose queue server only pods can reach: the producer is asked through the API server's proxy, which every
 * cluster has. A batch whose answer is lost is not sent again: it may have been published. Raises ML-QUEUE-UNREACHABLE,
 * ML-QUEUE-PUBLISH, ML-KUBE-*.
 */
export function producerQueue(options: ProducerQueueOptions): Pick<QueueDriver, 'publish' | 'ledger' | 'close'> {
  const { client, namespace, token, clock } = options;
  const base = `/api/v1/namespaces/${namespace}/services/${PRODUCER}:http/proxy`;
  // The API server keeps `Authorization` for itself.
  const headers = { [TOKEN_HEADER]: token };
  const ask = async <T>(method: string, path: string, shape: z.ZodType<T>, body?: string): Promise<T> => {
    const answer = await client.request(method, `${base}${path}`, body, { headers, timeoutMs: ASK_MS });
    const problem = (reason: string) =>
      new LabError('ML-QUEUE-UNREACHABLE', { url: `${namespace}/${PRODUCER}`, reason });
    if (answer.status !== 200) throw problem(whyNot(answer.status, answer.text));
    const parsed = shape.safeParse(parseJson(answer.text));
    if (!parsed.success) throw problem('it answers something else than a producer does');
    return parsed.data;
  };
  return {
    publish: (count: number, publish: PublishOptions) =>
      publishBatches(count, publish, clock, async ({ size }) => {
        const { published } = await ask('POST', `/publish/${size}`, Published, publish.payload);
        if (published !== size)
          throw new LabError('ML-QUEUE-UNREACHABLE', { url: `${namespace}/${PRODUCER}`, reason: 'it is stopping' });
      }),
    ledger: () => ask('GET', '/ledger', LedgerShape),
    close: async () => client.close(),
  };
}

function whyNot(status: number, text: string): string {
  const parsed = Problem.safeParse(parseJson(text));
  if (parsed.success) return `${parsed.data.error.title} (${parsed.data.error.why || status})`;
  const said = z.object({ message: z.string() }).safeParse(parseJson(text));
  return `${status} ${said.success ? said.data.message : text.slice(0, 200)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return describe(error); // no shape fits it
  }
}
