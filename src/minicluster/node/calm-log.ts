import type { Clock } from '../../contracts/clock.ts';

const REPEAT_MS = 60_000;
const REMEMBERED = 500;

/** A log in which the same line comes at most once a minute: a server that is away is asked often. */
export function calmLog(log: (line: string) => void, clock: Clock): (line: string) => void {
  const said = new Map<string, number>();
  return (line) => {
    const now = clock.monotonic();
    const before = said.get(line);
    if (before !== undefined && now - before < REPEAT_MS) return;
    if (said.size >= REMEMBERED) said.clear();
    said.set(line, now);
    log(line);
  };
}
