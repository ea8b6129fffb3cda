import type { Clock } from '../../contracts/clock.ts';
import type { IoHost } from '../../contracts/events.ts';
import { LabError } from '../../errors/lab-error.ts';

/** Something that must become true. `check` resolves to undefined when it is, else to what is missing, in plain words. */
export interface Condition {
  check(): Promise<string | undefined>;
}

export interface WaitOptions {
  readonly lab: string;
  readonly step: string;
  readonly clock: Clock;
  readonly io: IoHost;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

const POLL_MS = 200;
const TELL_EVERY_MS = 10_000;

/**
 * Waits until all conditions hold at once; says every 10 s what is missing (a wait that says nothing looks like a hang).
 * Resolves to whether it had to wait. Raises ML-LAB-NOT-READY, exit 6: a wait that ends without its condition is never 0
 * (kind#2654).
 */
export async function waitFor(conditions: readonly Condition[], options: WaitOptions): Promise<boolean> {
  const { clock, io, signal, step } = options;
  const begun = clock.monotonic();
  let told = begun;
  for (let round = 0; ; round += 1) {
    signal.throwIfAborted();
    const missing = await firstMissing(conditions);
    if (missing === undefined) return round > 0;
    const now = clock.monotonic();
    if (now - begun > options.timeoutMs) {
      const seconds = Math.round(options.timeoutMs / 1000);
      throw new LabError('ML-LAB-NOT-READY', { lab: options.lab, seconds, reason: missing });
    }
    if (now - told >= TELL_EVERY_MS) {
      told = now;
      io.emit({ type: 'step.progress', step, text: `waiting ${Math.round((now - begun) / 1000)}s: ${missing}` });
    }
    await clock.sleep(POLL_MS, signal);
  }
}

async function firstMissing(conditions: readonly Condition[]): Promise<string | undefined> {
  for (const condition of conditions) {
    const missing = await condition.check();
    if (missing !== undefined) return missing;
  }
  return undefined;
}
