import { dirname } from 'node:path';
import type { Files } from '../../src/contracts/files.ts';

/** Files in memory: absolute path to text. A folder is there when something is below it. */
export class MemoryFiles implements Files {
  readonly texts: Map<string, string>;

  constructor(texts: Readonly<Record<string, string>> = {}) {
    this.texts = new Map(Object.entries(texts));
  }
  /** As on a disk, nothing can be below a file. */
  readText(path: string): string | undefined {
    if (this.texts.has(dirname(path))) throw new Error(`ENOTDIR: not a directory, open '${path}'`);
    return this.texts.get(path);
  }
  writeAtomic(path: string, content: string | Uint8Array): void {
    this.texts.set(path, typeof content === 'string' ? content : new TextDecoder().decode(content));
  }
  appendLine(path: string, line: string): void {
    this.texts.set(path, `${this.texts.get(path) ?? ''}${line}\n`);
  }
  exists(path: string): boolean {
    return this.texts.has(path) || this.list(path).length > 0;
  }
  isDirectory(path: string): boolean {
    return !this.texts.has(path) && this.exists(path);
  }
  list(path: string): string[] {
    const names = [...this.texts.keys()].filter((name) => name.startsWith(`${path}/`));
    return [...new Set(names.map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))].sort();
  }
  ensureDir(): void {}
  remove(path: string): void {
    for (const name of this.texts.keys()) {
      if (name === path || name.startsWith(`${path}/`)) this.texts.delete(name);
    }
  }
  rename(from: string, to: string): void {
    const text = this.texts.get(from);
    this.texts.delete(from);
    if (text !== undefined) this.texts.set(to, text);
  }
  sizeOf(path: string): number {
    return this.texts.get(path)?.length ?? 0;
  }
}
