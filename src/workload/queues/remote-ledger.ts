import { request } from 'node:http';
import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import type { ItemLedger, LedgerCounts } from './item-ledger.ts';
import { itemId, parseItemId } from './ledger-tally.ts';

export interface RemoteLedgerOptions {
  /** Of the producer, which keeps the file. */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

const ANSWER_MS = 10_000;
const AGAIN_MS = 1_000;
const Acked = z.object({ acked: z.boolean() });
const Counts: z.ZodType<LedgerCounts> = z.object({ published: z.number(), processed: z.number(), acks: z.number() });

/**
 * The ledger that the producer keeps, for consumers that share no file with it. A producer that is away is waited for: what is
 * not noted must not be deleted from the queue. Raises ML-QUEUE-PROTOCOL when it refuses.
 */
export function remoteLedger({ url, token, clock, log }: RemoteLedgerOptions): ItemLedger {
  const ask = async <T>(method: string, path: string, shape: z.ZodType<T>, body?: string): Promise<T | undefined> => {
    let answer: { readonly status: number; readonly text: string };
    try {
      answer = await send(method, `${url}${path}`, token, body);
    } catch (error) {
      log(`waiting for the ledger: ${describe(error)}`);
      return undefined;
    }
    if (answer.status >= 500) {
      log(`waiting for the ledger: ${answer.status} ${answer.text.slice(0, 200)}`);
      return undefined;
    }
    const parsed = answer.status === 200 ? shape.safeParse(JSON.parse(answer.text)) : undefined;
    if (parsed?.success === true) return parsed.data;
    throw new LabError('ML-QUEUE-PROTOCOL', {
      url,
      protocol: 'ledger',
      reason: `${answer.status} ${answer.text.slice(0, 200)}`,
    });
  };
  const persist = async <T>(once: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const answer = await once();
      if (answer !== undefined) return answer;
      await clock.sleep(AGAIN_MS);
    }
  };
  const isAcked = (id: string) => persist(() => ask('GET', `/ledger/acked/${id}`, Acked));
  return {
    note: async (line) => {
      const acked = line.startsWith('a ') ? parseItemId(line.slice(2)) : undefined;
      let first = true;
      await persist(async () => {
        // The answer may have been lost after the line was kept; noted twice it would count as done twice.
        if (!first && acked !== undefined && (await isAcked(itemId(acked))).acked) return { kept: true };
        first = false;
        return ask('POST', '/ledger', z.object({ kept: z.literal(true) }), line);
      });
    },
    isAcked: async (item) => (await isAcked(itemId(item))).acked,
    counts: () => persist(() => ask('GET', '/ledger/counts', Counts)),
  };
}

function send(
  method: string,
  url: string,
  token: string,
  body: string | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const sent = request(url, { method, headers, signal: AbortSignal.timeout(ANSWER_MS) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
