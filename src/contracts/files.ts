/** The file system as a port. Paths are absolute. Missing files are values (`undefined`, empty list), other faults are `LabError`s. */
export interface Files {
  readText(path: string): string | undefined;
  /** Writes to a temporary name in the same folder, fsyncs, renames: readers see the old or the new content, never a part. */
  writeAtomic(path: string, content: string | Uint8Array, mode?: number): void;
  /** Appends and fsyncs. The whole `line` reaches the file in one write. */
  appendLine(path: string, line: string, mode?: number): void;
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
