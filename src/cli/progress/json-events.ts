import type { Clock } from '../../contracts/clock.ts';
import type { OutStream } from '../streams.ts';
import { safeJson } from '../text/json.ts';
import type { ProgressRenderer } from './renderer.ts';

/** One JSON object per event and line, with the time; for `-v -o json`. */
export function jsonEvents(stderr: OutStream, clock: Clock): ProgressRenderer {
  return {
    emit: (event) => {
      stderr.write(`${safeJson({ time: new Date(clock.now()).toISOString(), ...event })}\n`);
    },
    clear: () => undefined,
    close: () => undefined,
  };
}
