import type { Clock } from '../../contracts/clock.ts';
import type { Files } from '../../contracts/files.ts';
import type { QueueKind } from '../../contracts/lab-spec.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { ItemLedger } from './item-ledger.ts';

export interface QueueOptions {
  readonly kind: QueueKind;
  /** May hold a password; never printed. */
  readonly url: string;
  /** Name of the list, stream or tube. */
  readonly queue: string;
  /** Who claims; unique among the consumers that live at the same time. */
  readonly consumerId: string;
  /** Deliveries after which an item goes to the dead-letter place. */
  readonly maxAttempts: number;
  readonly clock: Clock;
  /** 0 to under 1, for the jitter of reconnects. */
  readonly random: () => number;
  /** A new unique id, URL-safe. */
  readonly newId: () => string;
  readonly files: Files;
  /** beanstalkd only: where published and processed items are noted (see LedgerFile). */
  readonly ledgerFile?: string;
  /** beanstalkd only: instead of a file. */
  readonly ledger?: ItemLedger;
  /** Undefined = wait for the server for ever (consumers). */
  readonly giveUpAfterMs?: number;
  /** Milliseconds without a sign of life after which a consumer counts as dead and its items go back. Default 10 s. */
  readonly claimTtlMs?: number;
  /** Told once when the server stops answering, and when it is back (`undefined`). */
  readonly onTrouble?: (error: LabError | undefined) => void;
}

export const DEFAULT_CLAIM_TTL_MS = 10_000;
/** Items per batch at most; fewer when the payload is large, so that a batch stays around 1 MB. */
const MAX_BATCH = 1_000;
const MAX_BATCH_BYTES = 1_000_000;

/** Raises ML-QUEUE-NAME. The rule is the stricter of what Redis users type and beanstalkd's tube names allow. */
export function checkQueueName(name: string): string {
  if (!/^[A-Za-z0-9._][A-Za-z0-9._-]{0,99}$/.test(name)) throw new LabError('ML-QUEUE-NAME', { name });
  return name;
}

/** Items per batch for a payload; at most a tenth of a second's worth when a rate is asked for. */
export function batchSize(payload: string | undefined, ratePerSecond: number | undefined): number {
  const byBytes = Math.floor(MAX_BATCH_BYTES / ((payload?.length ?? 0) + 50));
  const byRate = ratePerSecond === undefined ? MAX_BATCH : Math.floor(ratePerSecond / 10);
  return Math.max(1, Math.min(MAX_BATCH, byBytes, byRate));
}
