const FIRST_MS = 200;
const LONGEST_MS = 30_000;

/** A component that was healthy for this long gets its next restart without delay again. */
export const SETTLED_AFTER_MS = 10_000;

/** Milliseconds to wait before the start that follows `failures` ends in a row (1 = the first). Doubles up to half a minute. */
export function backOffMs(failures: number): number {
  return failures <= 0 ? 0 : Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
}
