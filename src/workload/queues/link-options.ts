import type { LinkOptions } from '../../sources/link.ts';
import type { QueueOptions } from './options.ts';

/** What every link of a queue has in common. */
export function linkOptions({
  clock,
  random,
  giveUpAfterMs,
  onTrouble,
}: QueueOptions): Omit<LinkOptions<unknown>, 'connect'> {
  return {
    clock,
    random,
    ...(giveUpAfterMs === undefined ? {} : { giveUpAfterMs }),
    ...(onTrouble === undefined ? {} : { onTrouble }),
  };
}
