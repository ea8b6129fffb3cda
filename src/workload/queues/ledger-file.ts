import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Files } from '../../contracts/files.ts';
import { LabError } from '../../errors/lab-error.ts';
import { LedgerTally } from './ledger-tally.ts';

const CHUNK_BYTES = 1 << 20;

/**
 * What happened to the items of a queue that cannot count acknowledgements per item, as lines of a file that all
 * publishers and consumers append to. A short line in one write of a file opened for appending is never mixed with
 * another's (POSIX write(2), O_APPEND, local file systems). Raises ML-STATE-IO.
 */
export class LedgerFile {
  readonly #files: Files;
  readonly #path: string;
  #tally: LedgerTally = new LedgerTally();
  #offset = 0;
  #rest = '';

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** Appends one line and has it on the disk. */
  note(line: string): void {
    this.#files.appendLine(this.#path, line);
  }

  /** The counts of everything written so far; reads only what is new since the last call. */
  read(): LedgerTally {
    const file = this.#open();
    if (file === undefined) return this.#reset();
    try {
      const { size } = fstatSync(file);
      if (size < this.#offset) this.#reset(); // another file under the same name
      if (size === this.#offset) return this.#tally;
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - this.#offset));
      for (;;) {
        const length = readSync(file, buffer, 0, buffer.length, this.#offset);
        if (length === 0) return this.#tally;
        this.#offset += length;
        const lines = (this.#rest + buffer.toString('latin1', 0, length)).split('\n');
        this.#rest = lines.pop() ?? '';
        for (const line of lines) this.#tally.add(line);
      }
    } catch (error) {
      throw this.#fault(error);
    } finally {
      closeSync(file);
    }
  }

  #open(): number | undefined {
    try {
      return openSync(this.#path, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw this.#fault(error);
    }
  }

  #reset(): LedgerTally {
    this.#tally = new LedgerTally();
    this.#offset = 0;
    this.#rest = '';
    return this.#tally;
  }

  #fault(error: unknown): LabError {
    const reason = error instanceof Error ? error.message : String(error);
    return new LabError('ML-STATE-IO', { path: this.#path, verb: 'read', reason }, { cause: error });
  }
}
