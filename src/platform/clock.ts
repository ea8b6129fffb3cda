import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../contracts/clock.ts';

/** Real time. A sleep does not keep the process alive longer than its other work wants only if the caller aborts it. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      signal?.throwIfAborted(); // the caller's own reason, not the timer's AbortError
      throw error;
    });
  },
};
