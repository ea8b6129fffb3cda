import type { QueueDriver } from '../../contracts/queue.ts';
import type { LabError } from '../../errors/lab-error.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { randomToken } from '../../platform/random.ts';
import type { Env } from '../../workload/env.ts';
import type { ItemLedger } from '../../workload/queues/item-ledger.ts';
import { openQueue } from '../../workload/queues/open.ts';
import { log } from './run-program.ts';

/**
 * The queue that the environment names: QUEUE_KIND, QUEUE_URL or QUEUE_URL_FILE, QUEUE_NAME, LEDGER_FILE, MAX_ATTEMPTS, CLAIM_TTL;
 * LEDGER_URL with LEDGER_TOKEN instead of a file.
 */
export async function queueOf(
  env: Env,
  options: {
    readonly consumerId: string;
    readonly giveUpAfterMs?: number;
    readonly onTrouble?: (error: LabError | undefined) => void;
  },
): Promise<QueueDriver> {
  const ledgerFile = env.optional('LEDGER_FILE');
  const ledger = await ledgerOf(env);
  return openQueue({
    ...options,
    kind: env.queueKind(),
    url: env.secret('QUEUE_URL'),
    queue: env.text('QUEUE_NAME', 'jobs'),
    maxAttempts: env.number('MAX_ATTEMPTS', 5, 1, 1_000_000),
    claimTtlMs: env.duration('CLAIM_TTL', '10s'),
    clock: realClock,
    random: Math.random,
    newId: () => randomToken(12),
    files: nodeFiles,
    ...(ledgerFile === undefined ? {} : { ledgerFile }),
    ...(ledger === undefined ? {} : { ledger }),
  });
}

async function ledgerOf(env: Env): Promise<ItemLedger | undefined> {
  const url = env.optional('LEDGER_URL');
  if (url === undefined) return undefined;
  const { remoteLedger } = await import('../../workload/queues/remote-ledger.ts');
  return remoteLedger({ url, token: env.secret('LEDGER_TOKEN'), clock: realClock, log });
}
