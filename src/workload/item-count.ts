import { LabError } from '../errors/lab-error.ts';

/** Items of one publish at most: more is a slip of the hand (1e9 items would fill the disk). */
export const MAX_ITEMS = 10_000_000;

/** A number of items as typed: digits only, 1 to MAX_ITEMS. Raises ML-QUEUE-COUNT. */
export function parseItemCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_ITEMS) throw new LabError('ML-QUEUE-COUNT', { text: text.slice(0, 40), max: MAX_ITEMS });
  return count;
}
