import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { TailReader } from '../contracts/tail-reader.ts';
import { LabError } from '../errors/lab-error.ts';

const PIECE_BYTES = 256 * 1024;

/** Reads files that grow. A file that became shorter was begun anew, and is read from its start. */
export const tailReader: TailReader = {
  read: (path, from) =>
    withFile(path, (file, size) => {
      const start = size < from ? 0 : from;
      const bytes = Buffer.alloc(Math.min(PIECE_BYTES, size - start));
      const full = readSync(file, bytes, 0, bytes.length, start);
      // A piece in the middle of the file ends with a whole line, so that no character is cut in two.
      const read = start + full < size ? bytes.lastIndexOf(0x0a, full - 1) + 1 || full : full;
      return { text: bytes.toString('utf8', 0, read), end: start + read };
    }),
  startOf: (path, lines) =>
    withFile(path, (file, size) => {
      const bytes = Buffer.alloc(PIECE_BYTES);
      let found = 0;
      for (let end = size; end > 0; ) {
        const start = Math.max(0, end - PIECE_BYTES);
        const read = readSync(file, bytes, 0, end - start, start);
        for (let index = read - 1; index >= 0; index -= 1) {
          // The line feed at the very end closes the last line.
          if (bytes[index] !== 0x0a || start + index === size - 1) continue;
          found += 1;
          if (found === lines) return start + index + 1;
        }
        end = start;
      }
      return lines === 0 ? size : 0;
    }),
};

function withFile<T>(path: string, use: (file: number, size: number) => T): T {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return use(file, fstatSync(file).size);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabError('ML-STATE-IO', { path, verb: 'read', reason }, { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
