import type { Clock } from '../../contracts/clock.ts';
import type { PublishOptions } from '../../contracts/queue.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { batchSize } from './options.ts';

/** Batches under way at once: enough to hide the round trip, few enough to know soon that the server is gone. */
const WINDOW = 8;

export interface BatchRange {
  /** Index of the first item of the batch within this publish, from 0. */
  readonly from: number;
  readonly size: number;
}

/**
 * Cuts `count` items into batches and sends them at the wished rate, several at a time. `send` must be exact: resolved =
 * the server has the batch once. Resolves to the number acknowledged, fewer than `count` only when the signal was aborted.
 * Raises ML-QUEUE-PUBLISH when some were acknowledged before the fault, else the fault itself.
 */
export async function publishBatches(
  count: number,
  options: PublishOptions,
  clock: Clock,
  send: (batch: BatchRange, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const { signal, ratePerSecond, onProgress, payload } = options;
  const size = batchSize(payload, ratePerSecond);
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const underWay = new Set<Promise<void>>();
  let done = 0;
  const start = clock.monotonic();
  const sendOne = async (batch: BatchRange) => {
    try {
      await send(batch, stop);
      done += batch.size;
      onProgress?.(done);
    } catch (error) {
      if (!stop.aborted) failed.abort(error);
    }
  };
  for (let from = 0; from < count && !stop.aborted; from += size) {
    if (ratePerSecond !== undefined) await pace(clock, start + (from / ratePerSecond) * 1000, stop);
    if (underWay.size >= WINDOW) await Promise.race(underWay);
    if (stop.aborted) break;
    const sending: Promise<void> = sendOne({ from, size: Math.min(size, count - from) }).finally(() =>
      underWay.delete(sending),
    );
    underWay.add(sending);
  }
  await Promise.all(underWay);
  if (failed.signal.aborted) throw partial(done, count, failed.signal.reason);
  return done;
}

async function pace(clock: Clock, dueMs: number, signal: AbortSignal): Promise<void> {
  const wait = dueMs - clock.monotonic();
  if (wait <= 0) return;
  await clock.sleep(wait, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function partial(done: number, count: number, cause: unknown): unknown {
  if (done === 0) return cause;
  return new LabError('ML-QUEUE-PUBLISH', { done, count, rest: count - done, reason: describe(cause) }, { cause });
}
