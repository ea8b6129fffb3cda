import { constants, copyFileSync, statSync, truncateSync } from 'node:fs';

/**
 * Keeps a log that a process appends to from growing without end: past `maxBytes` its content moves to `<path>.1` (replacing
 * the last one) and the file starts anew. Copied and truncated, not renamed: the writer holds the file open (O_APPEND). Lines
 * written between the two are lost. True when it was capped. A log that is not there is no fault; other faults are thrown.
 */
export function capLog(path: string, maxBytes: number): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= maxBytes) return false;
  copyFileSync(path, `${path}.1`, constants.COPYFILE_FICLONE);
  truncateSync(path, 0);
  return true;
}
