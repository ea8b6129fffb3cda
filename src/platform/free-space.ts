import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** What is left for us on the disk of a path that need not exist yet, in megabytes. */
export function freeMegabytes(path: string): number {
  let there = path;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return Math.floor((bavail * bsize) / 1_000_000);
}
