/** The file system as a port. Paths are absolute. Missing files are values (`undefined`, empty list), other faults are `LabError`s. */
export interface Files {
  readText(path: string): string | undefined;
  /** Writes to a temporary name in the same folder, fsyncs, renames: readers see the old or the new content, never a part. */
  writeAtomic(path: string, content: string | Uint8Array, mode?: number): void;
  /**
   * Appends in one write (mode 0600). By default it is on the disk when this returns; `durable: false` leaves that to the
   * kernel, which a killed process does not lose.
   */
  appendLine(path: string, line: string, options?: { readonly durable: boolean }): void;
  exists(path: string): boolean;
  /** False when there is nothing. */
  isDirectory(path: string): boolean;
  /** Names (not paths) in a folder, sorted; empty when there is no such folder. */
  list(path: string): string[];
  ensureDir(path: string, mode?: number): void;
  /** Removes a file or a whole folder; nothing happens when it is not there. */
  remove(path: string): void;
  rename(from: string, to: string): void;
  sizeOf(path: string): number;
}
