import type { Clock } from '../contracts/clock.ts';
import type { ClaimedItem, QueueDriver } from '../contracts/queue.ts';
import { describe } from '../errors/lab-error.ts';

export interface ConsumerSettings {
  readonly serviceTimeMs: number;
  readonly startDelayMs: number;
  /** Share of deliveries whose work fails, 0 to 1. */
  readonly failureRate: number;
  /** Decides, with item and attempt, which work fails: the same run fails the same way. */
  readonly seed: string;
  /** Time to finish the item in hand after `stop`. */
  readonly graceMs: number;
}

export interface ConsumerPorts {
  readonly queue: QueueDriver;
  readonly clock: Clock;
  readonly random: () => number;
  /** One line per item and per event. */
  readonly log: (line: string) => void;
  /** Told when it has started up and reached the queue. */
  readonly onReady: () => void;
}

const CLAIM_WAIT_MS = 5_000;
const RECOVER_EVERY_MS = 4_000;
const PAUSE_AFTER_FAULT_MS = 1_000;

/** Works on items, one at a time, until `stop`; then finishes or returns the one in hand. Faults of the queue are logged and tried again. */
export async function consume(settings: ConsumerSettings, ports: ConsumerPorts, stop: AbortSignal): Promise<void> {
  const { clock, queue, log } = ports;
  const started = await clock.sleep(settings.startDelayMs, stop).then(
    () => true,
    () => false,
  );
  if (!started) return;
  const recovering = recoverNowAndThen(ports, stop);
  const finished = new AbortController();
  const graceOver = afterwards(clock, stop, settings.graceMs, finished.signal);
  while (!stop.aborted) {
    try {
      const item = await queue.claim(CLAIM_WAIT_MS, stop);
      if (item !== undefined) log(await work(item, settings, clock, graceOver));
    } catch (error) {
      log(`error: ${describe(error)}`);
      await clock.sleep(PAUSE_AFTER_FAULT_MS, stop).catch(() => undefined);
    }
  }
  finished.abort();
  await recovering;
}

/** Does the work of one item; resolves to the line about it. */
async function work(
  item: ClaimedItem,
  { serviceTimeMs, failureRate, seed }: ConsumerSettings,
  clock: Clock,
  graceOver: AbortSignal,
): Promise<string> {
  const start = clock.monotonic();
  const about = (what: string) =>
    `item ${item.id} ${what} after ${Math.round(clock.monotonic() - start)} ms (attempt ${item.attempt})`;
  try {
    await clock.sleep(serviceTimeMs, graceOver);
  } catch (error) {
    if (!graceOver.aborted) throw error;
    await item.release();
    return about('returned, shutting down');
  }
  if (fraction(`${seed}/${item.id}/${item.attempt}`) < failureRate) {
    const fate = await item.fail('its work failed (FAILURE_RATE)');
    return about(fate === 'dead' ? 'failed for the last time, now dead' : 'failed, back in the queue');
  }
  await item.ack();
  return about('done');
}

async function recoverNowAndThen({ queue, clock, random, log, onReady }: ConsumerPorts, stop: AbortSignal) {
  let ready = false;
  while (!stop.aborted) {
    try {
      const count = await queue.recover();
      if (!ready) onReady();
      ready = true;
      if (count > 0) log(`${count} items of dead consumers are back in the queue`);
    } catch (error) {
      if (!stop.aborted) log(`error: ${describe(error)}`);
    }
    await clock.sleep(RECOVER_EVERY_MS * (0.5 + random()), stop).catch(() => undefined);
  }
}

/** A signal that is aborted `ms` after the other one, unless `over` is aborted first: a sleep keeps a program alive. */
function afterwards(clock: Clock, signal: AbortSignal, ms: number, over: AbortSignal): AbortSignal {
  const later = new AbortController();
  const wait = () =>
    clock.sleep(ms, over).then(
      () => later.abort(),
      () => undefined,
    );
  signal.addEventListener('abort', () => void wait(), { once: true });
  return later.signal;
}

/** 0 to under 1, the same for the same text (FNV-1a, mixed so that near texts are far apart). */
export function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
